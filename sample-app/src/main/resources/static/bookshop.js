"use strict";

const feed = document.querySelector(".feed");

if (feed && "WebSocket" in window) {
	const log = feed.querySelector("[role=log]");
	let session;

	const note = (text) => {
		const line = document.createElement("p");
		line.textContent = text;
		log.append(line);
		while (log.childElementCount > 12) {
			log.firstElementChild.remove();
		}
		log.scrollTop = log.scrollHeight;
	};

	const show = (message) => {
		const { isbn, copies } = JSON.parse(message);
		const place = document.querySelector(`[data-isbn="${isbn}"]`);
		const first = place.textContent === "";
		place.textContent = copies;
		if (!first) {
			note(message);
		}
	};

	const follow = (subscription) => {
		if (session) {
			session.onmessage = session.onclose = null;
			session.close();
		}
		const url = new URL("/ws/stock", location);
		url.protocol = url.protocol.replace("http", "ws");
		session = new WebSocket(url);
		session.onopen = (event) => {
			event.target.send(subscription);
			note(`Following ${subscription}`);
		};
		session.onmessage = ({ data }) => show(data);
		session.onclose = ({ code, reason }) => note(`Closed with ${code}: ${reason || "no reason"}`);
	};

	const order = async (form) => {
		log.scrollIntoView({ block: "nearest" });
		try {
			const answer = await fetch(form.action, {
				method: "POST",
				headers: { Accept: "application/json" },
				body: new URLSearchParams(new FormData(form))
			});
			note(`${answer.status} ${await answer.text()}`);
		}
		catch (error) {
			note(`No answer: ${error.message}`);
		}
	};

	document.querySelectorAll("button[data-follow]").forEach((button) => {
		button.addEventListener("click", () => {
			log.scrollIntoView({ block: "nearest" });
			follow(button.dataset.follow);
		});
	});
	document.querySelectorAll("form.order").forEach((form) => {
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			order(form);
		});
	});
	document.querySelectorAll(".live[hidden]").forEach((element) => {
		element.hidden = false;
	});
	follow(feed.dataset.follow);
}
