// Finding what is to be hidden in a text: a detector is words that have to be there, a pattern, and perhaps a closer look.
import type { HiddenKind } from './placeholders.ts';

export interface Detector {
	/** What found it, as a review says. */
	readonly name: string;
	readonly kind: HiddenKind;
	/** `high`: a secret that opens an account or a machine; it is given away for a stated reason only. */
	readonly weight: 'high' | 'usual';
	/** Lower case; the pattern is not tried on a text that has none of them. Empty: it always is. */
	readonly keywords: readonly string[];
	/** With flag `g`. All of what it matches is hidden. */
	readonly pattern: RegExp;
	readonly accepts?: (found: string, text: string, at: number) => boolean;
}

/** A stretch of a text that is to be hidden. */
export interface Span {
	readonly from: number;
	readonly to: number;
	readonly detector: Detector;
}

/**
 * What the detectors find in a text, in order and without overlaps: of two that overlap the one that begins first stays,
 * then the longer one, then the one whose detector comes first; what it leaves over of the other is hidden with it.
 */
export const spansOf = (text: string, detectors: readonly Detector[]): readonly Span[] => {
	const lower = text.toLowerCase();
	const found: Span[] = [];
	for (const detector of detectors) {
		if (detector.keywords.length > 0 && !detector.keywords.some((word) => lower.includes(word))) continue;
		for (const match of text.matchAll(detector.pattern)) {
			const [hit] = match;
			if (hit === '' || detector.accepts?.(hit, text, match.index) === false) continue;
			found.push({ from: match.index, to: match.index + hit.length, detector });
		}
	}
	found.sort((one, other) => one.from - other.from || other.to - one.to);
	const kept: Span[] = [];
	for (const span of found) {
		const last = kept.at(-1);
		if (last === undefined || span.from >= last.to) kept.push(span);
		else if (span.to > last.to) kept[kept.length - 1] = { ...last, to: span.to };
	}
	return kept;
};
