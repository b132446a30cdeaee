using static SipAlg.Testing.Wire.WireRules;

namespace SipAlg.Testing.Wire;

/// <summary>
/// INVITE, CANCEL, ACK and BYE in time: no BYE before the ACK of the gateway's own 2xx (RFC 3261 §15), no CANCEL before a provisional
/// answer or behind a final one (§9.1), no INVITE beside another one of the same dialog (§14.1).
/// </summary>
/// <param name="now">Milliseconds.</param>
internal sealed class InviteRules(Func<long> now) : IWireRules
{
    private sealed class Invite
    {
        public required string CallId { get; init; }
        public required uint Sequence { get; init; }
        public bool IsRinging { get; set; }
        public int Final { get; set; }
        public long FinalAt { get; set; }
        public bool IsAcknowledged { get; set; }
    }

    private readonly Dictionary<string, Invite> _theirs = [];
    private readonly Dictionary<string, Invite> _ours = [];
    private readonly HashSet<string> _cancelled = [];
    private readonly HashSet<string> _ended = [];

    public void FromPhone(WireMessage message)
    {
        if (!message.IsRequest)
        {
            if (message.Method == "INVITE" && _ours.TryGetValue(message.Branch, out var asked))
            {
                asked.IsRinging = true;
                asked.Final = asked.Final == 0 && message.Status >= 200 ? message.Status : asked.Final;
            }
        }
        else if (message.Method == "INVITE")
        {
            _theirs.TryAdd(message.Branch, new Invite { CallId = message.CallId, Sequence = message.CSeq });
        }
        else if (message.Method == "ACK")
        {
            foreach (var invite in _theirs.Values.Where(invite => invite.CallId == message.CallId && invite.Sequence == message.CSeq))
            {
                invite.IsAcknowledged = true;
            }
        }
    }

    public void FromGateway(WireMessage message)
    {
        if (message.IsRequest)
        {
            CheckRequest(message);
        }
        else if (message.Method == "INVITE" && message.Status >= 200 && _theirs.TryGetValue(message.Branch, out var invite))
        {
            invite.FinalAt = invite.Final == 0 ? now() : invite.FinalAt;
            invite.Final = message.Status;
        }
    }

    private void CheckRequest(WireMessage request)
    {
        switch (request.Method)
        {
            case "CANCEL":
                Demand(_ours.TryGetValue(request.Branch, out var invite) && invite.IsRinging, "A CANCEL before a provisional answer", request);
                Demand(!_cancelled.Add(request.Branch) || invite!.Final == 0, "A CANCEL behind a final answer", request);
                break;
            case "INVITE" when !_ours.ContainsKey(request.Branch):
                Demand(!_theirs.Values.Any(invite => invite.CallId == request.CallId && IsOpen(invite)), "An INVITE while theirs is open", request);
                Demand(!_ours.Values.Any(invite => invite.CallId == request.CallId && invite.Final == 0), "An INVITE while ours is open", request);
                _ours.Add(request.Branch, new Invite { CallId = request.CallId, Sequence = request.CSeq });
                break;
            case "BYE" when _ended.Add(request.Branch):
                Demand(!_theirs.Values.Any(invite => invite.CallId == request.CallId && IsUnacknowledged(invite)), "A BYE before the ACK of our 2xx", request);
                break;
            default:
                break;
        }
    }

    private bool IsOpen(Invite invite) => invite.Final == 0 || IsUnacknowledged(invite);

    /// <summary>A later INVITE of theirs shows that they have the 2xx, though its ACK was lost (RFC 5407 §3.1.4).</summary>
    private bool IsUnacknowledged(Invite invite) => invite.Final is >= 200 and < 300 && !invite.IsAcknowledged && now() < invite.FinalAt + (64 * Calls.CallScene.T1) &&
        !_theirs.Values.Any(later => later.CallId == invite.CallId && later.Sequence > invite.Sequence);
}
