// All tests of the page in one process with one browser: node e2e/main.mjs. SCREENSHOTS=FOLDER keeps pictures.
import './shell.e2e.mjs'
import './inbox.e2e.mjs'
import './requests.e2e.mjs'
import './webhooks.e2e.mjs'
import './time.e2e.mjs'
import './data.e2e.mjs'
import './contract.e2e.mjs'
import './story.e2e.mjs'
