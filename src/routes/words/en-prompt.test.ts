// What was left out of a prompt is said in words: by name, or by how much more of it there is.
import { expect, test } from 'vitest';
import type { LeftOut } from '#lib/domain/story/prompt-parts.ts';
import { prompt } from './en-prompt.ts';

const said = (kind: LeftOut['what']['kind'], name: string, count: number, why: LeftOut['why']) =>
	prompt.dropped({ what: { kind, name, count }, why });

test.each([
	[said('memory', 'The lamp went out.', 1, 'no_room'), 'Memory: The lamp went out.: no room'],
	[said('pinned', 'The lamp went out.', 1, 'no_room'), 'Pinned memory: The lamp went out.: no room'],
	[said('memory', '', 6, 'beyond'), '6 more memories: beyond what is told at once'],
	[said('story_event', '', 1, 'beyond'), '1 more story event: beyond what is told at once'],
	[said('story_event', '', 2, 'not_there'), '2 story events: the speaker was not there'],
	[said('thread', '', 1, 'not_there'), '1 loose end: the speaker was not there'],
	[said('thread', 'Who?', 1, 'no_room'), 'Loose end: Who?: no room'],
	[said('thread', '', 3, 'beyond'), '3 more loose ends: beyond what is told at once'],
	[said('elsewhere', '', 2, 'beyond'), '2 more scenes elsewhere: beyond what is told at once'],
	[said('scene', '', 2, 'beyond'), '2 more scenes that are over: beyond what is told at once'],
	[said('scene', 'They met.', 1, 'no_room'), 'What stays of a scene: They met.: no room'],
	[said('fact', 'Tilde', 2, 'beyond'), '2 more things known of Tilde: beyond what is told at once']
])('%s', (words, expected) => {
	expect(words).toBe(expected);
});
