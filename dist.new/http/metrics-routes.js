/** The route by which Prometheus asks for the metrics. It needs no key: who may ask is for the proxy in front to say. */
export function metricsRoutes(metrics) {
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
//# sourceMappingURL=metrics-routes.js.map