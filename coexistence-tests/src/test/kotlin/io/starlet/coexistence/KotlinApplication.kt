/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.starlet.coexistence

import io.starlet.ExceptionHandlerConfigurer
import io.starlet.ExceptionHandlerFor
import io.starlet.HttpException
import io.starlet.HttpExceptionHandler
import io.starlet.StatusHandler
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.reactive.awaitFirst
import kotlinx.coroutines.reactive.awaitFirstOrNull
import kotlinx.coroutines.reactor.awaitSingle
import kotlinx.coroutines.reactor.mono
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.springframework.context.annotation.Bean
import org.springframework.context.annotation.Configuration
import org.springframework.context.annotation.Import
import org.springframework.http.HttpStatus
import org.springframework.http.ResponseEntity
import org.springframework.http.server.reactive.ServerHttpResponse
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.PathVariable
import org.springframework.web.bind.annotation.RequestHeader
import org.springframework.web.bind.annotation.RestController
import org.springframework.web.reactive.function.server.ServerRequest
import org.springframework.web.reactive.function.server.ServerResponse
import org.springframework.web.reactive.function.server.bodyValueAndAwait
import org.springframework.web.reactive.function.server.coRouter
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping
import org.springframework.web.reactive.socket.CloseStatus
import org.springframework.web.reactive.socket.WebSocketHandler
import org.springframework.web.reactive.socket.WebSocketSession
import org.springframework.web.server.ServerWebExchange
import reactor.core.publisher.Mono

/** An application as one writes it in Kotlin. */
@Configuration(proxyBeanMethods = false)
@Import(KotlinBooks::class, KotlinErrors::class)
open class KotlinApplication {

	@Bean
	open fun routes() = coRouter {
		GET("/co/fine") { ServerResponse.ok().bodyValueAndAwait("fine") }
		GET("/co/status") { throw HttpException(404, "No route to it") }
		GET("/co/delayed") {
			delay(1)
			throw OutOfStock("delayed")
		}
		GET("/co/error") {
			delay(1)
			error("of a coroutine")
		}
	}

	@Bean
	@StatusHandler(402)
	open fun unpaid() = HttpExceptionHandler<HttpException> { _, ex ->
		ServerResponse.status(402).bodyValue("unpaid: ${ex.detail}")
	}

	@Bean
	open fun configurer() = ExceptionHandlerConfigurer { registry ->
		registry.status(429) { _, _ -> ServerResponse.status(429).bodyValue("configured") }
	}

	@Bean
	open fun webSockets() = SimpleUrlHandlerMapping(
		mapOf("/ws" to WebSocketHandler { session ->
			mono<Void> {
				val title = session.receive().map { it.payloadAsText }.awaitFirst()
				delay(1)
				if (title == "error") error("secret")
				throw OutOfStock(title)
			}
		}), -1)

}

class OutOfStock(val title: String) : RuntimeException("$title is out of stock")

class Damaged(val page: Int) : Exception("damaged")

class Reserved : RuntimeException()

class Moved : RuntimeException()

class Lost(cause: Throwable? = null) : RuntimeException("lost", cause)

@RestController
class KotlinBooks {

	@GetMapping("/books/{id}")
	suspend fun book(@PathVariable id: Long): String {
		delay(1)
		throw HttpException(404, "No book $id")
	}

	@GetMapping("/at-once")
	suspend fun atOnce(): String = throw HttpException(404, "At once")

	@GetMapping("/dispatched")
	suspend fun dispatched(): String = withContext(Dispatchers.IO) { throw OutOfStock("Emma") }

	@GetMapping("/flow")
	fun flow(): Flow<String> = flow { throw HttpException(404, "Nothing flows") }

	@GetMapping("/flow-later")
	fun flowLater(): Flow<String> = flow {
		emit("one")
		emit("two")
		error("mid")
	}

	@GetMapping("/flow-fine")
	fun flowFine(): Flow<String> = flowOf("one", "two")

	@GetMapping("/damaged")
	suspend fun damaged(): String = throw Damaged(7)

	@GetMapping("/reserved")
	suspend fun reserved(): Unit = throw Reserved()

	@GetMapping("/moved")
	suspend fun moved(): Unit = throw Moved()

	@GetMapping("/lost")
	suspend fun lost(): Unit = throw Lost()

	@GetMapping("/unpaid")
	suspend fun unpaid(): Unit = throw HttpException(402, "Emma")

	@GetMapping("/limited")
	suspend fun limited(): Unit = throw HttpException(429)

	@GetMapping("/timeout")
	suspend fun timeout(): String = withTimeout(1) { awaitCancellation() }

	@GetMapping("/error")
	suspend fun error(): String {
		delay(1)
		throw IllegalStateException("of a coroutine")
	}

}

class KotlinErrors {

	@StatusHandler(404)
	suspend fun notFound(ex: HttpException, request: ServerRequest): Map<String, String?> {
		delay(1)
		return mapOf("handled" to ex.detail, "path" to request.path())
	}

	@ExceptionHandlerFor
	suspend fun outOfStock(ex: OutOfStock): ResponseEntity<String> =
		ResponseEntity.status(HttpStatus.CONFLICT).body(Mono.just("${ex.title}: later").awaitSingle())

	@ExceptionHandlerFor
	fun damaged(ex: Damaged, @RequestHeader("X-Reader") reader: String?): ResponseEntity<String> =
		ResponseEntity.status(HttpStatus.GONE).body("page ${ex.page} for ${reader ?: "nobody"}")

	/** Returns Unit, and has said everything itself. */
	@ExceptionHandlerFor
	fun reserved(ex: Reserved, response: ServerHttpResponse) {
		response.statusCode = HttpStatus.LOCKED
	}

	@ExceptionHandlerFor
	suspend fun moved(ex: Moved, exchange: ServerWebExchange) {
		delay(1)
		exchange.response.statusCode = HttpStatus.MOVED_PERMANENTLY
		exchange.response.headers.set("Location", "/elsewhere")
	}

	@ExceptionHandlerFor
	suspend fun lost(ex: Lost, cause: IllegalArgumentException?): ServerResponse =
		ServerResponse.status(410).bodyValueAndAwait("lost because of $cause")

	@ExceptionHandlerFor
	suspend fun closing(session: WebSocketSession, ex: OutOfStock) {
		session.send(Mono.just(session.textMessage("${ex.title} is gone"))).awaitFirstOrNull()
		session.close(CloseStatus(4001, ex.title)).awaitFirstOrNull()
	}

	@StatusHandler(500)
	suspend fun oops(ex: Exception): Map<String, String?> {
		delay(1)
		return mapOf("oops" to ex.message)
	}

}
