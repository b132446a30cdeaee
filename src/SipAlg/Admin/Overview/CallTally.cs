using SipAlg.Calls.Calls;
using SipAlg.Journal;

namespace SipAlg.Admin.Overview;

/// <summary>How many calls have ended, and how well, since the start. Told by the journal, read by anybody.</summary>
internal sealed class CallTally
{
    private long _calls;
    private long _answered;
    private long _effective;

    public void Add(JudgedCall call)
    {
        if (call.Record.Refusal is not null)
        {
            return;
        }

        Interlocked.Increment(ref _calls);
        Interlocked.Add(ref _answered, call.Record.Answered is null ? 0 : 1);
        Interlocked.Add(ref _effective, IsEffective(call.Record) ? 1 : 0);
    }

    public CallCounts Read() => new(Interlocked.Read(ref _calls), Interlocked.Read(ref _answered), Interlocked.Read(ref _effective));

    /// <summary>
    /// The network has done its part: somebody answered, was busy, refused or was not there (RFC 6076 §4.7: 480, 486, 600, 603), or the
    /// caller gave up (ITU-T E.425 counts that too).
    /// </summary>
    private static bool IsEffective(CallRecord call) => call.Answered is not null ||
        call.Cause is CallCause.CallerCancelled or CallCause.NoAnswer ||
        (call.Cause == CallCause.CalleeRefused && call.TargetStatus is 480 or 486 or 600 or 603);
}

/// <param name="Calls">That became one, and have ended.</param>
internal readonly record struct CallCounts(long Calls, long Answered, long Effective)
{
    public static CallCounts operator -(CallCounts one, CallCounts other) => new(one.Calls - other.Calls, one.Answered - other.Answered, one.Effective - other.Effective);
}
