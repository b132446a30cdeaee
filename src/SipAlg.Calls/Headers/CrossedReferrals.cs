using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Headers;

/// <summary>
/// The REFERs that crossed from a leg to its partner, by their CSeq on either side: "id" of Event names a REFER by it
/// (RFC 3515 §2.4.6). Only the last few are known: no more are reported on at a time.
/// </summary>
internal sealed class CrossedReferrals
{
    private const int Most = 4;

    private readonly (uint Theirs, uint Ours)[] _sequences = new (uint, uint)[Most];
    private int _next;

    /// <param name="theirs">The CSeq of the REFER as it came.</param>
    /// <param name="ours">The CSeq with which it went on.</param>
    public void Add(uint theirs, uint ours) => _sequences[_next++ % Most] = (theirs, ours);

    /// <summary>One has gone on once more, with another CSeq.</summary>
    public void Renew(uint ours, uint now)
    {
        foreach (ref var sequence in _sequences.AsSpan())
        {
            if (sequence.Ours == ours)
            {
                sequence.Ours = now;
            }
        }
    }

    /// <summary>The CSeq on the other side of the REFER that the message's Event names; 0 if it names none that crossed.</summary>
    /// <param name="message">A NOTIFY or SUBSCRIBE.</param>
    /// <param name="isFromReferrer">It comes from who sent the REFER.</param>
    public uint Other(SipMessage message, bool isFromReferrer)
    {
        var value = message.First(HeaderId.Event);
        if (!EventValue.Is(value, "refer"u8) || !EventValue.TryId(value, out var id))
        {
            return 0;
        }

        foreach (var (theirs, ours) in _sequences)
        {
            if (id == (isFromReferrer ? theirs : ours))
            {
                return isFromReferrer ? ours : theirs;
            }
        }

        return 0;
    }
}
