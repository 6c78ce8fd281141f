package client

// Tally counts what became of records, each once but for the attempts and the
// copies. Offered = Accepted + Failed + Waiting.
type Tally struct {
	Offered, OfferedBytes int64 // records that arose; bytes of data and key
	Accepted              int64 // the client was told so
	Failed                int64 // given up
	Rejected              int64 // of the failed: refused by the service's validation
	Dropped               int64 // of the failed: the client's buffer was full
	Unconfirmed           int64 // of the failed: the stream has them, but no answer came in time
	Waiting               int64 // to be sent, or sent again
	Attempts              int64 // records sent, each time counted
	Throttled             int64 // of the attempts: refused by a limit
	Failures              int64 // of the attempts: failed by the service
	Stored                int64 // records that the stream took, copies included
	Duplicates            int64 // of the stored: copies of one that the stream had
	Reordered             int64 // stored after one of their key that arose later, because they had not been written before
}

// write counts records that were sent, and how many of them the stream took.
func (t *Tally) write(n, accepted int64) {
	t.Attempts += n
	t.Stored += accepted
	t.Accepted += accepted
	t.Throttled += n - accepted
}

// Minus is what t counts beyond o.
func (t Tally) Minus(o Tally) Tally {
	return Tally{
		t.Offered - o.Offered, t.OfferedBytes - o.OfferedBytes, t.Accepted - o.Accepted, t.Failed - o.Failed,
		t.Rejected - o.Rejected, t.Dropped - o.Dropped, t.Unconfirmed - o.Unconfirmed, t.Waiting - o.Waiting,
		t.Attempts - o.Attempts, t.Throttled - o.Throttled, t.Failures - o.Failures,
		t.Stored - o.Stored, t.Duplicates - o.Duplicates, t.Reordered - o.Reordered,
	}
}

// Plus counts both.
func (t Tally) Plus(o Tally) Tally { return t.Minus(Tally{}.Minus(o)) }
