/** Keeps browsers from taking an answer for another kind of content than it is. Category reads have the header made in. */

import type { RequestHandler } from 'express';

export const NO_SNIFFING = ['X-Content-Type-Options', 'nosniff'] as const;

export const noSniffing: RequestHandler = (_request, response, next) => {
	response.setHeader(...NO_SNIFFING);
	next();
};
