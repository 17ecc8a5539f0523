/** What is chosen for one task; an empty connection or model, and null: as it is set elsewhere. */
export interface TaskEntry {
	connectionId: string;
	model: string;
	temperature: number | null;
	topP: number | null;
	maxOutputTokens: number | null;
}
