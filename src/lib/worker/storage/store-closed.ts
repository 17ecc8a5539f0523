// Says that whoever asked has to ask the next leader.
/** The store was closed before the answer: the request may have happened, and is to be sent again with its id. */
export class StoreClosed extends Error {
	override readonly name = 'StoreClosed';
}
