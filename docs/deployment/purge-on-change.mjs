#!/usr/bin/env node
/**
 * Follows the feed of changes and has a CDN forget what changed. Plain Node 20, no packages.
 *
 *   EVENTS_URL    the feed of the service itself, not of the CDN: http://127.0.0.1:19800/api/events
 *   PUBLIC_URL    where clients read: https://models.example.org
 *   PURGE_URL     takes POST {"files": [urls]}, as Cloudflare's /client/v4/zones/<zone>/purge_cache does. Without it, each URL
 *                 itself is asked with the method PURGE, as Varnish, Fastly and others want it
 *   PURGE_TOKEN   sent as a bearer token
 *
 * What could not be purged is tried again until it can. A restart purges everything once, as it cannot know what it missed.
 */

import { setTimeout as sleep } from 'node:timers/promises';

const { EVENTS_URL, PUBLIC_URL, PURGE_URL, PURGE_TOKEN } = process.env;
if (!EVENTS_URL || !PUBLIC_URL) {
	process.stderr.write('set EVENTS_URL and PUBLIC_URL; the head of this file says what they are\n');
	process.exit(2);
}

/** Names under which a category is read besides its own, and forms of it that a query asks for. */
const FURTHER = {
	image_generation: ['stable_diffusion', 'stable_diffusion.json'],
	text_generation: [
		'db.json',
		...['text_generation', 'text_generation.json', 'db.json'].map((name) => `${name}?include_group=true`),
	],
};
const PREFIXES = ['api/model_references/v1', 'model_references/v1'];

/** URLs that one request may name; Cloudflare takes 30. */
const MOST_URLS = 30;
/** Longest pause between two attempts; milliseconds. */
const LONGEST_PAUSE = 60_000;
/** The service says something every 20 seconds; after this silence it is gone. Milliseconds. */
const SILENCE = 65_000;

const changed = new Set();
let lastEventId;
let wake = () => {};

const say = (text) => process.stderr.write(`${new Date().toISOString()} ${text}\n`);

function urlsOf(category) {
	const names = [category, `${category}.json`, ...(FURTHER[category] ?? [])];
	return PREFIXES.flatMap((prefix) =>
		names.map((name) => `${PUBLIC_URL.replace(/\/+$/, '')}/${prefix}/${name}`),
	);
}

async function purge(urls) {
	const headers = PURGE_TOKEN ? { Authorization: `Bearer ${PURGE_TOKEN}` } : {};
	const ask = async (url, options) => {
		const response = await fetch(url, { ...options, signal: AbortSignal.timeout(30_000) });
		await response.arrayBuffer();
		// What was not there need not be forgotten.
		if (!response.ok && response.status !== 404)
			throw new Error(`${options.method} ${url} gave ${response.status}`);
	};
	if (!PURGE_URL) {
		for (const url of urls) await ask(url, { method: 'PURGE', headers });
		return;
	}
	for (let from = 0; from < urls.length; from += MOST_URLS) {
		const body = JSON.stringify({ files: urls.slice(from, from + MOST_URLS) });
		await ask(PURGE_URL, {
			method: 'POST',
			headers: { ...headers, 'Content-Type': 'application/json' },
			body,
		});
	}
}

async function purgeForever() {
	for (let failures = 0; ; ) {
		if (changed.size === 0) {
			await new Promise((resolve) => {
				wake = resolve;
			});
		}
		// A change that comes while we purge is in the set again, and has its turn after this.
		const categories = [...changed];
		changed.clear();
		try {
			await purge(categories.flatMap(urlsOf));
			failures = 0;
			say(`purged ${categories.join(', ')}`);
		} catch (error) {
			for (const category of categories) changed.add(category);
			say(`not purged, will be tried again: ${error.message}`);
			await sleep(Math.min(1000 * 2 ** failures++, LONGEST_PAUSE));
		}
	}
}

/** Resolved when the stream ends. */
async function follow() {
	const connection = new AbortController();
	const patience = setTimeout(() => connection.abort(new Error('nothing was said for long')), SILENCE);
	try {
		const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
		const response = await fetch(EVENTS_URL, { headers, signal: connection.signal });
		if (response.status !== 200 || !response.body) throw new Error(`${EVENTS_URL} gave ${response.status}`);
		let rest = '';
		for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
			patience.refresh();
			const blocks = (rest + text).split('\n\n');
			rest = blocks.pop();
			for (const block of blocks) hear(block);
		}
	} finally {
		clearTimeout(patience);
	}
}

function hear(block) {
	const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: ?(.*)/, 2)));
	if (fields.event === 'category') {
		changed.add(JSON.parse(fields.data).category);
		wake();
	}
	if (fields.id !== undefined) lastEventId = fields.id;
}

void purgeForever();
for (;;) {
	try {
		await follow();
		say('the feed has ended; following it again');
	} catch (error) {
		say(`the feed cannot be followed: ${error.message}`);
	}
	await sleep(2000);
}
