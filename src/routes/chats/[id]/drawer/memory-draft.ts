// A memory while it is being written or changed.

export interface Draft {
	owner: string;
	text: string;
	significance: number;
	witness: { you: boolean; host: boolean; guest: boolean };
}
