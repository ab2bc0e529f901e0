/** The route by which Prometheus asks for the metrics. It needs no key: who may ask is for the proxy in front to say. */

import type { Metrics } from './metrics.ts';
import type { Route } from './route.ts';

export function metricsRoutes(metrics: Metrics): readonly Route[] {
	return [
		{
			method: 'get',
			path: '/metrics',
			operation: {
				operationId: 'read_metrics',
				tags: ['service'],
				summary: 'What the service does and how it fares, for Prometheus',
				responses: {
					200: {
						description: 'Metrics in the text format 0.0.4',
						content: { 'text/plain': { schema: { type: 'string' } } },
					},
				},
			},
			handler: async (_request, response) => {
				const text = await metrics.render();
				response.setHeader('Content-Type', metrics.contentType).setHeader('Cache-Control', 'no-store');
				response.send(Buffer.from(text));
			},
		},
	];
}
