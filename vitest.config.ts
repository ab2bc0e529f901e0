import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
		testTimeout: 30_000,
		hookTimeout: 30_000,
		// They wait for git and the disk more than they compute, and two cores are what CI has.
		maxWorkers: 3,
		// A test's own repository must not be bent by the developer's git settings.
		env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
	},
});
