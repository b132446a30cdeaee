using System.Text;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;

namespace SipAlg.Testing.Phones;

/// <summary>
/// What RFC 3261 forbids the gateway whatever the phones do: two different final answers to an INVITE, a BYE before the ACK of its
/// own 2xx (§15), a CANCEL before a provisional answer or behind a final one (§9.1), an INVITE beside another one of the same dialog
/// (§14.1), a CSeq that does not grow (§12.2.1.1).
/// </summary>
/// <param name="now">Milliseconds.</param>
internal sealed class CallRules(Func<long> now)
{
    private sealed class Invite
    {
        public required string CallId { get; init; }
        public required uint Sequence { get; init; }

        /// <summary>What is sent over another one later is sent since this one is gone, and with it the INVITE (RFC 3261 §8.1.3.1).</summary>
        public ulong Connection { get; init; }
        public bool IsRinging { get; set; }
        public int Final { get; set; }
        public long FinalAt { get; set; }
        public bool IsAcknowledged { get; set; }
    }

    private readonly Dictionary<string, Invite> _theirs = [];
    private readonly Dictionary<string, Invite> _ours = [];
    private readonly Dictionary<string, uint> _sequences = [];
    private readonly HashSet<string> _branches = [];

    public void FromPhone(SentMessage sent)
    {
        var message = new SipMessage();
        if (SipParser.Parse(message, sent.Octets, 0, sent.Octets.Length, isStream: false) != MessageFault.None)
        {
            return;
        }

        var branch = Text(message, message.Branch);
        if (!message.IsRequest)
        {
            if (message.Method == SipMethod.Invite && _ours.TryGetValue(branch, out var asked))
            {
                asked.IsRinging = true;
                asked.Final = asked.Final == 0 && message.Status >= 200 ? message.Status : asked.Final;
            }
        }
        else if (message.Method == SipMethod.Invite)
        {
            _theirs.TryAdd(branch, new Invite { CallId = Text(message, message.CallId), Sequence = message.CSeq });
        }
        else if (message.Method == SipMethod.Ack)
        {
            foreach (var invite in _theirs.Values.Where(invite => invite.CallId == Text(message, message.CallId) && invite.Sequence == message.CSeq))
            {
                invite.IsAcknowledged = true;
            }
        }
    }

    public void FromGateway(SentMessage sent)
    {
        var message = sent.Parse();
        if (message.IsRequest)
        {
            CheckRequest(message, sent);
        }
        else if (message.Method == SipMethod.Invite && message.Status >= 200)
        {
            CheckFinal(message, sent);
        }
    }

    private void CheckFinal(SipMessage response, SentMessage sent)
    {
        if (!_theirs.TryGetValue(Text(response, response.Branch), out var invite))
        {
            return;
        }

        Demand(invite.Final == 0 || invite.Final == response.Status, $"An INVITE answered {invite.Final} is answered again", sent);
        invite.FinalAt = invite.Final == 0 ? now() : invite.FinalAt;
        invite.Final = response.Status;
    }

    private void CheckRequest(SipMessage request, SentMessage sent)
    {
        var branch = Text(request, request.Branch);
        var callId = Text(request, request.CallId);
        if (request.Method == SipMethod.Cancel)
        {
            Demand(_ours.TryGetValue(branch, out var invite) && invite.IsRinging, "A CANCEL before a provisional answer", sent);
            var isRepeated = !_branches.Add("cancel " + branch);
            Demand(isRepeated || invite!.Final == 0, "A CANCEL behind a final answer", sent);
            return;
        }

        if (request.Method == SipMethod.Ack || !_branches.Add(branch))
        {
            return;
        }

        var dialog = $"{callId} {Text(request, request.FromTag)} {Text(request, request.ToTag)}";
        Demand(_sequences.GetValueOrDefault(dialog) < request.CSeq || request.Method == SipMethod.Bye, "CSeq does not grow", sent);
        _sequences[dialog] = request.CSeq;
        if (request.Method == SipMethod.Invite)
        {
            Demand(!_theirs.Values.Any(invite => invite.CallId == callId && IsOpen(invite)), "An INVITE while theirs is open", sent);
            Demand(!_ours.Values.Any(invite => invite.CallId == callId && invite.Final == 0 && invite.Connection == sent.Flow.Connection), "An INVITE while ours is open", sent);
            _ours.Add(branch, new Invite { CallId = callId, Sequence = request.CSeq, Connection = sent.Flow.Connection });
        }
        else if (request.Method == SipMethod.Bye)
        {
            Demand(!_theirs.Values.Any(invite => invite.CallId == callId && IsUnacknowledged(invite)), "A BYE before the ACK of our 2xx", sent);
        }
    }

    private bool IsOpen(Invite invite) => invite.Final == 0 || IsUnacknowledged(invite);

    /// <summary>A later INVITE of theirs shows that they have the 2xx, though its ACK was lost (RFC 5407 §3.1.4).</summary>
    private bool IsUnacknowledged(Invite invite) => invite.Final is >= 200 and < 300 && !invite.IsAcknowledged && now() < invite.FinalAt + (64 * CallScene.T1) &&
        !_theirs.Values.Any(later => later.CallId == invite.CallId && later.Sequence > invite.Sequence);

    private static string Text(SipMessage message, Slice slice) => Encoding.UTF8.GetString(message[slice]);

    private static void Demand(bool holds, string what, SentMessage sent)
    {
        if (!holds)
        {
            throw new SceneException($"{what}:\n{sent.Text}");
        }
    }
}
