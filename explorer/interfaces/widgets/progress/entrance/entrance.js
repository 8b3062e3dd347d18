// The pass of who has logged in: a cookie that goes with what this page asks for, and with nothing from elsewhere.

/** @param {import("../../shared/dom.js").Component} component */
export default function mount({ data, setStateValue }) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the other way, cookieStore, is not there without https
  document.cookie = `${data.cookie}=${data.token}; Path=/; Max-Age=${data.seconds}; SameSite=Strict${secure}`;
  if (!data.held) setStateValue("held", true);
}
