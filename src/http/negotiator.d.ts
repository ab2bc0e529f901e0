/** What we use of negotiator 1.x; the published types are those of 0.6, which had no preference among equals. */
declare module 'negotiator' {
	export default class Negotiator {
		constructor(request: { headers: Record<string, string> });
		/** @returns the available codings that the client accepts, most wanted first, equals by our preference. */
		encodings(available: readonly string[], options: { preferred: readonly string[] }): string[];
	}
}
