package engine

import "strconv"

// longestWarning bounds one warning of a handler, in bytes.
const longestWarning = 200

// Warn tells the caller of a request that is accepted what is wrong with it nevertheless, in a header X-Mock-Warning.
func (x *Exchange) Warn(text string) {
	h := x.w.Header()
	if len(h["X-Mock-Warning"]) >= maxWarnings {
		return
	}
	quoted := strconv.QuoteToASCII(text)
	h.Add("X-Mock-Warning", quoted[1:min(len(quoted)-1, longestWarning)])
}
