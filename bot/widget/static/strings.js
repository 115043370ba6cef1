/** Every word of the chat's own (answers come from the service), to be read or translated here. */
export const STRINGS = Object.freeze({
  title: "Careers guidance",
  adviser: "Talk to an adviser",
  close: "Close the chat",
  log: "Conversation",
  newTab: "(opens in a new tab)",

  // Who speaks
  you: "You said",
  service: "Signpost",
  person: (name) => (name ? `Careers adviser ${name}` : "Careers adviser"),
  notice: "Before you start",
  update: "Update",

  // Writing
  field: "Type your question",
  send: "Send",
  empty: "Type a question first.",
  left: (count) => (count === 1 ? "1 character left" : `${count} characters left`),
  over: (count) => `Too long by ${count} character${count === 1 ? "" : "s"}. Make it shorter.`,

  // A message on its way
  sending: "Sending…",
  waiting: "Not sent yet. It goes when the connection is back.",
  notSent: "Not sent.",
  tryAgain: "Try again",
  putBack: "Change it",
  asked: "(asked)",

  // Answers
  source: "Source:",
  table: "See this as a table",
  chart: (title) => `Chart: ${title}.`,
  choices: (count) => (count === 1 ? "1 button follows." : `${count} buttons follow.`),
  thinking: "Looking it up",
  fresh: (count) => (count > 1 ? `${count} new messages` : "New message"),

  // The connection
  starting: "Starting the chat…",
  startFailed: "The chat could not start. Check the connection and try again.",
  offline: "No connection. What you write is kept.",
  reconnecting: "Connection lost. Trying again…",
  back: "Connected again.",

  // Limits and endings
  endsSoon: (time) => `This chat closes at ${time}. After that you can start a new one.`,
  ended: {
    expired: "This chat has closed because its time is up. You can start a new one.",
    gone: "This chat is no longer there. You can start a new one.",
    closed: "This chat has been closed. You can start a new one.",
    cleared: "The chat is cleared. Its messages are deleted.",
    elsewhere: "This chat was cleared or left in another window.",
  },
  startNew: "Start a new chat",
  startedNew: "A new chat has started. What you wrote is still in the box.",
  saveCopy: "Save a copy",
  saveName: "careers-chat.txt",
  saveFailed: "The copy could not be made. Try again.",
  dismiss: "OK",

  // Foot
  privacy: "Privacy",
  privacyTitle: "How this chat uses what you write",
  privacyLink: "The school's privacy notice",
  clear: "Clear this chat",
  clearAsk: "Clear this chat? Your messages and the answers are deleted for good.",
  clearYes: "Clear it",
  clearNo: "Keep it",
  clearFailed: "The chat could not be cleared. Check the connection and try again.",
  exit: "Exit this page",
});
