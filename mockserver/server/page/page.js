// The page of the mock: Swagger UI over the contract in force. What is tried is signed by the control API of the same mock,
// over the very bytes that are sent, and goes to this mock, whatever servers the contract names.

import { allVisible, visible } from './visible.js';

const root = new URL('.', document.baseURI); // where the mock is, also behind a proxy that cuts off a prefix
const signingHeaders = ['x-awal-signature-256', 'x-timestamp', 'x-domain', 'x-client-id'];
const element = (id) => document.getElementById(id);

function notice(text, problem = false) {
  element('notice').textContent = visible(text);
  element('notice').classList.toggle('problem', problem);
}

async function getJSON(path) {
  const answer = await fetch(new URL(path, root), { cache: 'no-store' });
  if (!answer.ok) throw new Error(`GET ${path} was answered ${answer.status}.`);
  return answer.json();
}

// control asks the control API. Its refusals become errors that say what to do.
async function control(path, init = {}) {
  const token = element('token').value;
  if (token === '' && !element('token-label').hidden) {
    throw new Error('To try requests, type the token that the mock was started with (--control-token) at the top of the page. It stays in this tab.');
  }
  const headers = { ...init.headers, ...(token && { Authorization: `Bearer ${token}` }) };
  const answer = await fetch(new URL(`__admin${path}`, root), { ...init, headers, cache: 'no-store' });
  if (answer.ok) return answer.json();
  if (answer.status === 401) throw new Error('The token at the top of the page is not the one that the mock was started with (--control-token).');
  if (answer.status === 413) throw new Error('The mock signs up to 17 MB for this page. Send a larger file with a client of your own.');
  const { message = '', details = {} } = await answer.json().catch(() => ({}));
  const why = Object.entries(details).map(([field, text]) => ` ${field}: ${text}.`).join('');
  throw new Error(`The control API answered ${answer.status}. ${message}${why}`);
}

// ready makes a copy of the contract that Swagger UI can try here: its only server is this mock, and headers that signing
// fills in need not be typed.
function ready(contract, basePath) {
  contract.servers = [{ url: new URL(`.${basePath}`, root).href.replace(/\/$/, ''), description: 'This mock' }];
  const free = (parameters) => Object.values(parameters ?? {}).forEach((p) => {
    if (p.in === 'header' && signingHeaders.includes(p.name?.toLowerCase())) p.required = false;
  });
  free(contract.components?.parameters);
  for (const path of Object.values(contract.paths)) {
    for (const part of [path, ...Object.values(path)]) free(part?.parameters);
  }
  return contract;
}

async function base64(bytes) {
  const reader = new FileReader();
  await new Promise((resolve, reject) => {
    reader.onload = resolve;
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(new Blob([bytes]));
  });
  return reader.result.slice(reader.result.indexOf(',') + 1);
}

// signed has a request of Swagger UI signed as the browser will send it: a Request knows how its URL is written, and which
// bytes, with which boundary, a form becomes. These bytes are signed, and these are sent.
async function signed(request) {
  const form = request.body instanceof FormData;
  const headers = new Headers(request.headers);
  if (form) headers.delete('Content-Type');
  const written = new Request(request.url, { method: request.method, headers, body: request.body });
  const bytes = await written.arrayBuffer();
  const { pathname, search } = new URL(written.url);
  const workspace = element('workspace').value;
  const answer = await control(`/sign?${new URLSearchParams(workspace && { workspace })}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      method: written.method,
      target: `/${pathname.slice(root.pathname.length)}${search}`,
      body_base64: await base64(bytes),
      content_type: written.headers.get('Content-Type') ?? '',
    }),
  });
  notice('');
  for (const [name, value] of Object.entries(answer.headers)) written.headers.set(name, value);
  Object.assign(request.headers, answer.headers); // for the curl line
  return new Request(written.url, { method: written.method, headers: written.headers, body: bytes.byteLength > 0 ? bytes : null });
}

// sign is where Swagger UI lets a request be changed. It takes errors only from the sending that follows.
async function sign(request) {
  try {
    const sent = await signed(request);
    request.userFetch = () => fetch(sent);
  } catch (error) {
    notice(error.message, true);
    request.userFetch = () => Promise.reject(error);
  }
  return request;
}

async function listWorkspaces() {
  const { data } = await control('/workspaces');
  const field = element('workspace');
  const chosen = field.value;
  field.replaceChildren(...data.map((w) => {
    const option = new Option(visible(w.domain), w.domain);
    option.dataset.numbers = visible(w.phone_number_ids.join(', '));
    return option;
  }));
  if (data.some((w) => w.domain === chosen)) field.value = chosen;
  showNumbers();
  notice('');
}

function showNumbers() {
  const numbers = element('workspace').selectedOptions[0]?.dataset.numbers;
  element('numbers').textContent = numbers ? `phone_number_id: ${numbers}` : '';
}

const refresh = () => listWorkspaces().catch((error) => notice(error.message, true));

function openAccess(settings) {
  element('access').hidden = false;
  element('access').addEventListener('submit', (event) => event.preventDefault());
  element('workspace').addEventListener('change', showNumbers);
  addEventListener('focus', () => { if (element('workspace').length > 0) refresh(); }); // some may have been made meanwhile
  if (settings.control === 'token') {
    element('token-label').hidden = false;
    element('token').value = sessionStorage.getItem('awalmock-token') ?? '';
    element('token').addEventListener('change', () => {
      sessionStorage.setItem('awalmock-token', element('token').value);
      refresh();
    });
  }
  return refresh();
}

// plugin removes parts of Swagger UI: the fields for credentials, since the mock signs; the choice of the server, which is always this
// one; links inside of buttons, which a screen reader reads as one; and the curl line of a form, whose boundary would not be the one
// that was signed. What the contract says of itself is folded, so that the operations come first.
const plugin = () => ({
  wrapComponents: {
    ServersContainer: () => () => null,
    DeepLink: (_, { React }) => ({ text }) => React.createElement('span', null, text),
    InfoContainer: (Info, { React }) => (props) => {
      const info = props.specSelectors.info();
      return React.createElement(React.Fragment, null,
        React.createElement('details', { className: 'about' },
          React.createElement('summary', null, `${info.get('title')} ${info.get('version')}`), React.createElement(Info, props)),
        React.createElement('h2', { className: 'unseen' }, 'Operations'));
    },
    AuthorizeBtnContainer: () => () => null,
    authorizeOperationBtn: () => () => null,
    curl: (Curl, { React }) => (props) => /^multipart\//i.test(props.request.getIn(['headers', 'Content-Type']))
      ? React.createElement('p', null, 'A signature covers the whole form with its boundary, so no curl line can repeat this request.')
      : React.createElement(Curl, props),
  },
});

async function start() {
  const reading = getJSON('openapi-3.1.json');
  reading.catch(() => {}); // it is waited for below
  const settings = await getJSON('docs/settings.json');
  const signing = settings.control !== 'off';
  element('console').hidden = !settings.console;
  element('name').hidden = settings.console;
  element('parts').hidden = !settings.console;
  element('control').hidden = settings.control !== 'open'; // a link carries no token
  const trying = signing || !settings.signed;
  const contract = allVisible(await reading);
  document.title = `${contract.info.title} · awalmock`;
  globalThis.SwaggerUIBundle({
    spec: ready(contract, settings.base_path),
    domNode: element('contract'),
    deepLinking: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: -1, // each operation shows its schemas; a list of all of them only makes the page long
    validatorUrl: null,
    plugins: [plugin],
    supportedSubmitMethods: trying ? undefined : [],
    requestInterceptor: signing ? sign : undefined,
  });
  element('operations').addEventListener('click', () => document.querySelector('.opblock-tag-section')?.scrollIntoView());
  if (signing) await openAccess(settings);
  else if (!trying) {
    notice('Trying is off: requests have to be signed, and the control API, which signs, is off, because others can reach this address. '
      + 'Start the mock with --control-token, or on 127.0.0.1.', true);
  }
}

start().catch((error) => notice(`The page could not be shown: ${error.message}`, true));
