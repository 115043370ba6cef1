/*
 * Passkeys: asks the browser to make or give one, and sends what it says with the form around.
 * Without this script, or in a browser that knows no passkeys, those forms stay hidden.
 */

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));

function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The server's options with their bytes as bytes. */
function read(options) {
  const listed = (known) => known?.map((one) => ({ ...one, id: bytes(one.id) }));
  const found = { ...options, challenge: bytes(options.challenge) };
  if (options.user) found.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) found.excludeCredentials = listed(options.excludeCredentials);
  if (options.allowCredentials) found.allowCredentials = listed(options.allowCredentials);
  return found;
}

/** What the browser gave, as the server reads it. */
function written(credential) {
  const { response } = credential;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    said.attestationObject = text(response.attestationObject);
    said.transports = response.getTransports?.() ?? [];
  } else {
    said.authenticatorData = text(response.authenticatorData);
    said.signature = text(response.signature);
    said.userHandle = response.userHandle ? text(response.userHandle) : null;
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: said,
    clientExtensionResults: credential.getClientExtensionResults(),
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
  });
}

async function asked(form) {
  const publicKey = read(JSON.parse(form.dataset.options));
  const makes = form.dataset.passkey === "make";
  const found = makes
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  return written(found);
}

async function answer(form, button) {
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  button.disabled = true;
  try {
    form.elements.answer.value = await asked(form);
    form.submit();
  } catch {
    failed.hidden = false;
  } finally {
    button.disabled = false;
  }
}

function begin(form) {
  if (form.dataset.passkey === "beside") {
    const button = form.querySelector("[data-passkey-button]");
    button.type = "button";
    button.hidden = false;
    button.addEventListener("click", () => {
      if (form.elements.password.reportValidity()) answer(form, button);
    });
    return;
  }
  form.hidden = false;
  form.nextElementSibling.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(form, form.querySelector("button"));
  });
}

if (window.PublicKeyCredential) document.querySelectorAll("form[data-passkey]").forEach(begin);
