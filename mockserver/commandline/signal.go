package commandline

import (
	"context"
	"os"
	"os/signal"
)

// UntilSignal is a context that ends with the first of the signals. When it has ended, a second signal ends the process at once, as it does in any
// program that takes no notice of it. stop frees what it needs.
func UntilSignal(signals ...os.Signal) (ctx context.Context, stop func()) {
	signalled, ignore := signal.NotifyContext(context.Background(), signals...)
	ctx, cancel := context.WithCancel(context.Background())
	context.AfterFunc(signalled, func() {
		ignore() // before anyone can see that ctx has ended
		cancel()
	})
	return ctx, func() {
		ignore()
		cancel()
	}
}
