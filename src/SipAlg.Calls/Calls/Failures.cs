using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Calls.Calls;

/// <summary>Why a target did not take the call.</summary>
/// <param name="Status">What it answered, or what its silence amounts to.</param>
/// <param name="Shown">What the caller gets for it.</param>
/// <param name="Cause">In the words of CDR and API.</param>
/// <param name="Target">Which one.</param>
internal readonly record struct Failure(int Status, int Shown, CallCause Cause, RouteTarget Target)
{
    /// <summary>What asking it came to; default where it was not asked.</summary>
    public AskedTarget Asked { get; init; }

    /// <summary>
    /// RFC 3261 §16.7 step 6, the lower the better: 6xx, then the lowest class. Within 4xx what says how to ask better goes first;
    /// what a target answered goes before what the gateway made of its silence, and 503 is last, since it speaks of one target alone.
    /// </summary>
    public int Rank => Status switch
    {
        >= 600 => 0,
        < 400 => Shown < 400 ? 30 : 42,
        503 => 53,
        _ when Call.FailureStatus(Status) >= 500 => Cause == CallCause.CalleeRefused ? 51 : 52,
        415 or 420 or 484 => 40,
        _ => Cause == CallCause.CalleeRefused ? 41 : 42,
    };
}

/// <summary>The failures of a call's targets, of which its caller hears the best.</summary>
internal struct Failures
{
    private SipMessage? _response;
    private StoredOctets _kept;

    /// <summary>Status 0: there is none.</summary>
    public Failure Best { get; private set; }

    /// <param name="octets">Where responses are kept.</param>
    /// <param name="failure">Among equals the last one counts.</param>
    /// <param name="response">What crosses to the caller, as the turn has it; null for nothing.</param>
    public void Add(OctetStore octets, in Failure failure, SipMessage? response)
    {
        if (Best.Status != 0 && failure.Rank > Best.Rank)
        {
            return;
        }

        octets.Drop(ref _kept);
        Best = failure;
        _response = response;
    }

    /// <summary>The call goes on: what crosses of the best has to outlive the turn.</summary>
    public void Keep(OctetStore octets)
    {
        if (_response is { } response)
        {
            _kept = octets.Keep(response.Octets);
            _response = null;
        }
    }

    /// <summary>What crosses of the best; null for nothing.</summary>
    public readonly SipMessage? Response => _response ?? (_kept.IsEmpty ? null : Call.Parsed(_kept));

    public void Drop(OctetStore octets)
    {
        _response = null;
        octets.Drop(ref _kept);
    }
}
