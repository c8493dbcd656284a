(() => {
	"use strict";
	const button = document.querySelector("#copy button");
	const markdown = document.querySelector("#copy textarea");
	document.querySelectorAll(".scripted").forEach((element) => {
		element.hidden = false;
	});

	const copySelected = () => {
		markdown.select();
		return document.execCommand("copy");
	};

	button.addEventListener("click", async () => {
		let copied = true;
		try {
			await navigator.clipboard.writeText(markdown.value);
		}
		catch {
			// Without a secure context there is no clipboard
			copied = copySelected();
		}
		button.textContent = copied ? "Copied" : "Press Ctrl+C";
	});

	document.addEventListener("keydown", (event) => {
		const step = { j: 1, k: -1 }[event.key];
		if (!step || event.ctrlKey || event.metaKey || event.altKey || event.target === markdown) {
			return;
		}
		const frames = [...document.querySelectorAll(".frames summary")].filter((frame) => frame.checkVisibility());
		const current = document.activeElement.closest(".frames details > *, .frames summary");
		const next = frames.indexOf(current?.parentElement.querySelector("summary")) + step;
		const frame = frames[Math.min(Math.max(next, 0), frames.length - 1)];
		if (frame) {
			frame.focus();
			frame.scrollIntoView({ block: "nearest" });
		}
	});
})();
