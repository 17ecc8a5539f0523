// The case behind “Try the demo case”: who is at the desk, what was said and tried so far, and what to say next.

export const demoCase = {
	ready: 'Send what stands in the composer, or escalate: both work without a key.',

	/** Who comes to a desk where nobody is. */
	member: 'Jonas Weir',
	engineer: 'Ines Okafor',

	title: 'VPN drops every 20 minutes',
	requester: 'Lena Brandt, Harbour Street',
	asset: 'laptop HS-0417',
	tags: ['vpn', 'network'],

	/** What the person says, what they say was tried, and what the Copilot answers. The second answer is wrong. */
	exchanges: [
		{
			says: 'Lena’s VPN has dropped every 20 minutes since Monday, always about 20 minutes after she connects. It keeps her from the shared drive, where she saves the day’s orders. Her two colleagues at the next desks are fine.',
			tried: null,
			answer:
				'Three people on one line, and only one of them loses it: I conclude that it is her laptop or her account, and not the line. I only suppose which.\n\nOne step to try next: **Restart the laptop and connect once more.**\n\nIf it lasts afterwards, an old session of the client was in the way.'
		},
		{
			says: 'We restarted the laptop this morning. No change: it dropped at 9:21, and again at 9:41.\n\nThe client’s log has this each time:\nERROR 1032: tunnel closed by peer (idle timeout)',
			tried: { text: 'Restarted the laptop', outcome: 'no_effect' },
			answer:
				'The tunnel was closed at the other end, so something in between may have lost it.\n\nOne step to try next: **Replace the network cable, and plug it into another port.**\n\nA port that comes and goes looks just like this.'
		},
		{
			says: 'There is no cable, she is on Wi-Fi. We connected through a phone’s hotspot instead, and it dropped after the same 20 minutes.',
			tried: { text: 'Connected through a phone’s hotspot', outcome: 'no_effect' },
			answer:
				'You are right, and I should have asked before I guessed: a cable explains nothing here. The same 20 minutes over another network rule the network out. What the log says is “idle”: it ends when nothing is sent.\n\nOne step to try next: **Keep a ping running through the tunnel, and see how long it lasts.**\n\nIf it lasts longer than 20 minutes, something ends a tunnel that carries nothing.'
		},
		{
			says: 'We ran a ping to the file server. With it the connection held for 70 minutes. When we stopped it, it dropped 20 minutes later.',
			tried: { text: 'Kept a ping running through the tunnel', outcome: 'partly' },
			answer:
				'That tells a lot: it is the time without traffic, and not the time since she signed in. Either the gateway waits less long for her than for others, or her client does not say that it is still there.\n\nOne step to try next: **Turn on the keep-alive in her client’s profile, every 60 seconds.**\n\nIf it lasts then, it was the client. If not, it is the gateway, and somebody has to look there.'
		}
	],
	/** Stands in the composer. */
	next: 'I turned on the keep-alive in her profile, every 60 seconds. It had no effect: it dropped again after 20 minutes.'
} as const;
