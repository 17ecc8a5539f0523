// The one list of everything the app can be told and asked. One line per word.
import type { ValueOf, RefusalOf, CommonRefusal } from './kernel/command.ts';
import type { Vocabulary } from './kernel/app.ts';
import type { Result } from './kernel/result.ts';
import type { z } from './kernel/schema.ts';
import { alerts, alertsTold, tellAlerts } from './desk/alerts.ts';
import {
	askAssessment,
	failAssessment,
	finishAssessment,
	reuseAssessment,
	stopAssessment
} from './desk/assess.ts';
import { assessmentDraft, saveAssessmentDraft } from './desk/assessment-draft.ts';
import { assessmentJob, assessmentJobs, openAssessments } from './desk/assessment-jobs.ts';
import { assessmentRequest } from './desk/assessment-request.ts';
import { caseChoices, caseList, caseOfChat } from './desk/case-queries.ts';
import { caseChanged, caseOpened, caseReopened, caseResolved, cases } from './desk/cases.ts';
import { deskMetrics } from './desk/desk-metrics.ts';
import { handoffDraftList, handoffDrafts, saveHandoffDraft } from './desk/drafts.ts';
import {
	changeHandoffPriority,
	claimHandoff,
	handBack,
	noteHandoff,
	reassignHandoff,
	renewClaim,
	reopenHandoff,
	resolveHandoff,
	returnHandoff,
	snoozeHandoff,
	takeOver,
	wakeHandoff,
	withdrawHandoff
} from './desk/hand-off-acts.ts';
import {
	handoffAssessed,
	handoffAssessmentFailed,
	handoffClaimed,
	handoffClaimRenewed,
	handoffHandedBack,
	handoffNoted,
	handoffPriorityChanged,
	handoffRaised,
	handoffReassigned,
	handoffReopened,
	handoffResolved,
	handoffReturned,
	handoffSnoozed,
	handoffTakenOver,
	handoffWithdrawn
} from './desk/handoff-events.ts';
import { editAssessment } from './desk/edit-assessment.ts';
import { handoff, handoffAssessment, handoffForWhom, handoffsOfChat } from './desk/handoff-queries.ts';
import { handoffAssessments, handoffHistory, handoffNotes, handoffs } from './desk/handoffs.ts';
import { queue, queueCounts } from './desk/queue.ts';
import { raiseHandoff } from './desk/raise.ts';
import { handoffPickUpSettled } from './desk/pick-up-twice.ts';
import { cameWith, handoffFiles, handoffSent, noteSent } from './desk/sent.ts';
import { priorities } from './desk/priorities.ts';
import { changeDeskSettings, deskSettings, deskSettingsChanged, deskSettingsQuery } from './desk/settings.ts';
import {
	caseSteps,
	changeStep,
	proposalSettled,
	recordStep,
	removeStep,
	settleProposal,
	stepChanged,
	stepProposed,
	stepRecorded,
	stepRemoved
} from './desk/steps.ts';
import { applySteps } from './desk/detect-steps.ts';
import { caseTeller } from './desk/copilot.ts';
import { changeCase, createCase, reopenCase, resolveCase } from './desk/work-cases.ts';
import { asset, type PictureRefusal } from './library/assets.ts';
import { authorBot, bot, botAuthored, botList, botRetired, bots, retireBot } from './library/bots.ts';
import {
	addContact,
	contactAdded,
	contactList,
	contactRemoved,
	contacts,
	removeContact
} from './library/contacts.ts';
import {
	authorMember,
	memberAuthored,
	memberList,
	memberRetired,
	members,
	retireMember
} from './library/members.ts';
import { authorYou, retireYou, you, youAuthored, youList, youRetired, yous } from './library/personas.ts';
import { alternativeChosen, turnRegenerated } from './story/alternatives.ts';
import { activities, activityChanged, setActivity } from './story/activity.ts';
import { authorNotes, authorNoteSet, setAuthorNote } from './story/author-note.ts';
import { branch } from './story/branch.ts';
import {
	archiveChat,
	chatArchived,
	chatCreated,
	chatRenamed,
	chats,
	home,
	renameChat
} from './story/chats.ts';
import { chatModels, chooseModels } from './story/chat-models.ts';
import { classifierClamped } from './story/clamped.ts';
import { classifierFailed, classifierFailures, classifierRetried } from './story/classifier-failures.ts';
import { changeChatSettings, chatSettings, chatSettingsChanged } from './story/chat-settings.ts';
import {
	advanceTime,
	setWeather,
	timeAdvanced,
	timeSkipElision,
	timeSkipJump,
	timeSkips,
	weatherChanged
} from './story/clock.ts';
import { composers, saveComposer, swapComposer } from './story/composers.ts';
import { createChat } from './story/create-chat.ts';
import { events as eventsOfChat } from './story/events-of-chat.ts';
import { continueReply } from './story/go-on.ts';
import { changeEdge, edgeChanges, edgeHistory, edgeList, edges, edgeUpdate } from './story/edges.ts';
import { dismissGuest } from './story/dismiss-guest.ts';
import { effectList, effectUndone, undoEffect } from './story/effects.ts';
import {
	memories,
	memoryEdited,
	memoryForgotten,
	memoryPinned,
	memoryRemembered,
	memoryWritten
} from './story/memories.ts';
import { hideTurn, showTurn, turnHidden, turnShown } from './story/hide.ts';
import { now } from './story/now.ts';
import { guestJoined, guestLeft, inviteGuest } from './story/people.ts';
import { changePlace, containerChanged, containerCreated, containers, makePlace } from './story/places.ts';
import { copyTurns, deleteChat, deleteCopy, emptyRecovery, recovery, restoreCopy } from './story/recover.ts';
import { chooseAlternative, regenerate } from './story/regenerate.ts';
import { askReply, chat, takeTurn } from './story/replies.ts';
import { finishDraft, impersonate } from './story/impersonate.ts';
import { dropReply, failReply, finishReply, keepDraft, saveDraft, swapDraft } from './story/reply-endings.ts';
import { stageRequestWith } from './story/stage-request.ts';
import {
	applyDigest,
	endMeanwhile,
	meanwhileScenes,
	playMeanwhile,
	settleDigest,
	startMeanwhile
} from './story/meanwhile.ts';
import {
	digestCreated,
	digestSettled,
	meanwhileEnded,
	meanwhiles,
	meanwhileStarted
} from './story/meanwhile-scenes.ts';
import {
	applyObservation,
	applyTransitions,
	decideInterjection,
	failStage,
	retryClassifier,
	stopStage
} from './story/pipeline.ts';
import {
	editMemory,
	forgetMemory,
	memoryList,
	pinMemory,
	rememberAgain,
	writeMemory
} from './story/remember.ts';
import { replyJobs } from './story/reply-jobs.ts';
import { beginScene, closeScene, sceneClosed, sceneOpened, scenes } from './story/scenes.ts';
import { scenesOfChat } from './story/scenes-of-chat.ts';
import { skipTime } from './story/skip-time.ts';
import { account, noteSpending, spending, turnSpending } from './story/spending.ts';
import {
	eventCancelled,
	eventCompleted,
	eventExpired,
	eventPlanned,
	eventReplanned,
	eventStarted,
	eventStatusReverted,
	storyEvents,
	storyEventSteps
} from './story/story-events.ts';
import { moveEvent, planEvent, replanEvent, revertEvent, storyEventList } from './story/story-plans.ts';
import { storyNow } from './story/story-now.ts';
import { titleRequest } from './story/suggest-title.ts';
import {
	closeThread,
	openThread,
	reopenThread,
	threadClosed,
	threadOpened,
	threadReopened,
	threads,
	threadUpdated,
	updateThread
} from './story/threads.ts';
import { deleteTurn, plan, rewind, turnDeleted } from './story/rewind.ts';
import {
	assistantTurn,
	earlierTexts,
	editTurn,
	narratorTurn,
	turnEdited,
	turns,
	turnTexts,
	userTurn
} from './story/turns.ts';
import { transcript, turn, turnSource } from './story/transcript.ts';
import { undoable, undoLast } from './story/undo.ts';
import { keepPrompt, promptRecord, promptRecords } from './story/prompt-records.ts';
import { classifierPrompts, classifierRecords, keepClassifierPrompt } from './story/classifier-records.ts';
import { undone } from './story/undone.ts';
import { bringIn, broughtIn, broughtInBefore } from './travel/bring-in.ts';
import {
	copyRows,
	copyWhole,
	holdings,
	items,
	keptCopies,
	logRows,
	pictures,
	retold,
	streamRows,
	streams
} from './travel/read-log.ts';

const events = [
	botAuthored,
	botRetired,
	youAuthored,
	youRetired,
	chatCreated,
	chatRenamed,
	chatArchived,
	chatSettingsChanged,
	authorNoteSet,
	guestJoined,
	guestLeft,
	containerCreated,
	containerChanged,
	sceneOpened,
	sceneClosed,
	activityChanged,
	weatherChanged,
	timeAdvanced,
	timeSkipElision,
	timeSkipJump,
	threadOpened,
	threadUpdated,
	threadClosed,
	threadReopened,
	userTurn,
	assistantTurn,
	narratorTurn,
	turnEdited,
	turnHidden,
	turnShown,
	turnRegenerated,
	alternativeChosen,
	turnDeleted,
	undone,
	memoryWritten,
	memoryEdited,
	memoryForgotten,
	memoryPinned,
	memoryRemembered,
	edgeUpdate,
	eventPlanned,
	eventReplanned,
	eventStarted,
	eventCompleted,
	eventCancelled,
	eventExpired,
	eventStatusReverted,
	classifierFailed,
	classifierRetried,
	classifierClamped,
	meanwhileStarted,
	meanwhileEnded,
	digestCreated,
	digestSettled,
	effectUndone,
	memberAuthored,
	memberRetired,
	caseOpened,
	caseChanged,
	caseResolved,
	caseReopened,
	stepRecorded,
	stepChanged,
	stepRemoved,
	stepProposed,
	proposalSettled,
	handoffRaised,
	handoffAssessed,
	handoffAssessmentFailed,
	handoffClaimed,
	handoffClaimRenewed,
	handoffTakenOver,
	handoffReturned,
	handoffReassigned,
	handoffNoted,
	handoffPriorityChanged,
	handoffSnoozed,
	handoffHandedBack,
	handoffResolved,
	handoffReopened,
	handoffWithdrawn,
	deskSettingsChanged,
	contactAdded,
	contactRemoved,
	handoffPickUpSettled,
	handoffSent
] as const;

const commands = [
	authorBot,
	retireBot,
	authorYou,
	retireYou,
	createChat,
	renameChat,
	archiveChat,
	takeTurn,
	askReply,
	continueReply,
	chooseModels,
	noteSpending,
	editTurn,
	hideTurn,
	showTurn,
	inviteGuest,
	dismissGuest,
	makePlace,
	changePlace,
	beginScene,
	closeScene,
	setActivity,
	advanceTime,
	setWeather,
	skipTime,
	openThread,
	updateThread,
	closeThread,
	reopenThread,
	setAuthorNote,
	changeChatSettings,
	writeMemory,
	editMemory,
	forgetMemory,
	pinMemory,
	rememberAgain,
	changeEdge,
	planEvent,
	replanEvent,
	moveEvent,
	revertEvent,
	undoEffect,
	saveDraft,
	keepPrompt,
	keepClassifierPrompt,
	finishReply,
	keepDraft,
	failReply,
	dropReply,
	swapDraft,
	applyObservation,
	applyTransitions,
	decideInterjection,
	failStage,
	stopStage,
	retryClassifier,
	startMeanwhile,
	playMeanwhile,
	endMeanwhile,
	applyDigest,
	settleDigest,
	saveComposer,
	swapComposer,
	impersonate,
	finishDraft,
	regenerate,
	chooseAlternative,
	deleteTurn,
	branch,
	rewind,
	restoreCopy,
	deleteCopy,
	emptyRecovery,
	deleteChat,
	undoLast,
	bringIn,
	authorMember,
	retireMember,
	createCase,
	changeCase,
	resolveCase,
	reopenCase,
	recordStep,
	changeStep,
	removeStep,
	settleProposal,
	applySteps,
	raiseHandoff,
	claimHandoff,
	renewClaim,
	takeOver,
	returnHandoff,
	wakeHandoff,
	reassignHandoff,
	noteHandoff,
	changeHandoffPriority,
	snoozeHandoff,
	handBack,
	resolveHandoff,
	reopenHandoff,
	withdrawHandoff,
	saveHandoffDraft,
	tellAlerts,
	changeDeskSettings,
	askAssessment,
	finishAssessment,
	reuseAssessment,
	failAssessment,
	stopAssessment,
	editAssessment,
	saveAssessmentDraft,
	addContact,
	removeContact,
	noteSent
] as const;

const queries = [
	home,
	chat,
	now,
	scenesOfChat,
	memoryList,
	edgeList,
	edgeChanges,
	storyEventList,
	effectList,
	transcript,
	turn,
	turnSource,
	account,
	titleRequest,
	earlierTexts,
	bot,
	botList,
	you,
	youList,
	asset,
	promptRecord,
	classifierPrompts,
	stageRequestWith([caseTeller]),
	meanwhileScenes,
	plan,
	recovery,
	copyTurns,
	eventsOfChat,
	undoable,
	holdings,
	streams,
	logRows,
	streamRows,
	retold,
	keptCopies,
	copyRows,
	copyWhole,
	pictures,
	items,
	broughtInBefore,
	memberList,
	caseOfChat,
	caseList,
	caseChoices,
	queue,
	queueCounts,
	handoff,
	handoffForWhom,
	handoffAssessment,
	handoffsOfChat,
	handoffDraftList,
	assessmentDraft,
	alerts,
	deskSettingsQuery,
	priorities,
	deskMetrics,
	assessmentJob,
	openAssessments,
	assessmentRequest,
	contactList,
	cameWith
] as const;

const tables = [
	bots,
	yous,
	chats,
	turns,
	turnTexts,
	storyNow,
	timeSkips,
	containers,
	scenes,
	activities,
	threads,
	authorNotes,
	chatSettings,
	replyJobs,
	composers,
	chatModels,
	promptRecords,
	classifierRecords,
	spending,
	turnSpending,
	broughtIn,
	meanwhiles,
	memories,
	edges,
	edgeHistory,
	storyEvents,
	storyEventSteps,
	classifierFailures,
	members,
	cases,
	caseSteps,
	handoffs,
	handoffHistory,
	handoffNotes,
	handoffAssessments,
	deskSettings,
	handoffDrafts,
	assessmentJobs,
	alertsTold,
	contacts,
	handoffFiles
] as const;

export const vocabulary: Vocabulary = { projectionVersion: 8, events, commands, queries, tables };

type AnyCommand = (typeof commands)[number];
type AnyQuery = (typeof queries)[number];

/** Every kind of event there is today; a log of another version may hold more. */
export type EventKindName = (typeof events)[number]['kind'];

/** Kind of event → its payload as this version has it. */
export type EventPayloads = {
	readonly [E in (typeof events)[number] as E['kind']]: Parameters<E>[0]['payload'];
};

/** Command name → its input as a caller writes it, and its answer. */
export type Commands = {
	readonly [C in AnyCommand as C['name']]: {
		readonly input: z.input<C['input']>;
		readonly result: Result<ValueOf<C>, RefusalOf<C> | CommonRefusal>;
	};
};

/** Query name → its input as a caller writes it, and its answer. */
export type Queries = {
	readonly [Q in AnyQuery as Q['name']]: {
		readonly input: z.input<Q['input']>;
		readonly answer: ReturnType<Q['answer']>;
	};
};

/** Every refusal any command, or the storing of a picture, can answer. */
export type AnyRefusal = RefusalOf<AnyCommand> | CommonRefusal | PictureRefusal;
