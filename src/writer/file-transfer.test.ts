import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FileReceiver, FileSender } from './file-transfer.ts';

const file = (category: string, bytes: Buffer) => ({
	category,
	version: '',
	bytes,
	modelCount: 0,
	empty: false,
});

test('every_version_arrives_as_it_was_sent_whatever_came_before', () => {
	const part = fc.string({ maxLength: 20 });
	const text = fc.tuple(part, part, part).map((parts) => parts.join(''));
	const sent = fc.array(fc.tuple(fc.constantFrom('clip', 'blip'), text), { maxLength: 10 });
	fc.assert(
		fc.property(sent, (versions) => {
			const sender = new FileSender();
			const receiver = new FileReceiver();
			for (const [category, version] of versions) {
				const bytes = Buffer.from(version);
				expect(receiver.whole(structuredClone(sender.patch(file(category, bytes)))).bytes).toEqual(bytes);
			}
		}),
	);
});

test('of_a_version_that_differs_little_little_is_sent', () => {
	const sender = new FileSender();
	const text = '{"a": 1}\n'.repeat(100_000);
	sender.patch(file('clip', Buffer.from(text)));
	const patch = sender.patch(file('clip', Buffer.from(`${text.slice(0, 400_000)}new${text.slice(400_000)}`)));
	expect(patch.middle.length).toBeLessThan(20);
});
