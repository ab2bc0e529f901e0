import { expect, test } from 'vitest';
import { feedUrl } from './feed-follower.ts';

test.each([
	['https://models.example.org/references.git', 'https://models.example.org/api/events'],
	['https://models.example.org/api/references.git', 'https://models.example.org/api/events'],
	['http://127.0.0.1:1/some/where/references.git/', 'http://127.0.0.1:1/some/where/api/events'],
	['https://x:key@models.example.org/references.git?a#b', 'https://x:key@models.example.org/api/events'],
	['git@host.example:references.git', undefined],
	['ssh://host.example/references.git', undefined],
	['file:///srv/references', undefined],
	['/srv/references', undefined],
])('the_feed_of_%s_is_%s', (repository, feed) => {
	expect(feedUrl(repository)).toBe(feed);
});
