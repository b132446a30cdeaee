using SipAlg.Protocol.Sip;
using static SipAlg.Testing.Wire.WireRules;

namespace SipAlg.Testing.Wire;

/// <summary>
/// RFC 3262: a reliable response only to who said that it takes one, numbered from 1 to 2³¹ − 1 and then one by one, no second one before
/// the PRACK of the first, no 2xx before the PRACK of a description; and each one of theirs acknowledged once.
/// </summary>
internal sealed class ProvisionalRules : IWireRules
{
    private sealed class Sent
    {
        public uint Number { get; set; }
        public bool IsOpen { get; set; }
        public bool HasDescription { get; set; }
    }

    /// <summary>Their INVITEs: what they say of 100rel.</summary>
    private readonly Dictionary<string, (bool Takes, bool Wants)> _invites = [];

    /// <summary>Ours, by the dialog: Call-ID and our tag.</summary>
    private readonly Dictionary<(string CallId, string Tag), Sent> _sent = [];

    /// <summary>Theirs that came: Call-ID, their tag, RAck.</summary>
    private readonly HashSet<(string CallId, string Tag, string RAck)> _received = [];
    private readonly HashSet<(string CallId, string Tag, string RAck)> _acknowledged = [];
    private readonly HashSet<string> _pracks = [];

    public void FromPhone(WireMessage message)
    {
        if (!message.IsRequest)
        {
            if (message.ReliableNumber is var number and not 0)
            {
                _received.Add((message.CallId, message.ToTag, $"{number} {message.CSeq} INVITE"));
            }
        }
        else if (message.Method == "INVITE")
        {
            var wants = message.Lists(HeaderId.Require, "100rel");
            _invites.TryAdd(message.Branch, (wants || message.Lists(HeaderId.Supported, "100rel"), wants));
        }
        else if (message.Method == "PRACK" && _sent.TryGetValue((message.CallId, message.ToTag), out var sent) &&
            message[HeaderId.RAck].StartsWith($"{sent.Number} ", StringComparison.Ordinal))
        {
            sent.IsOpen = false;
        }
    }

    public void FromGateway(WireMessage message)
    {
        if (message is { IsRequest: true, Method: "PRACK" } && _pracks.Add(message.Branch))
        {
            var key = (message.CallId, message.ToTag, message[HeaderId.RAck]);
            Demand(_received.Contains(key), "A PRACK of nothing", message);
            Demand(_acknowledged.Add(key), "A second PRACK", message);
        }
        else if (!message.IsRequest && message.Method == "INVITE" && _invites.TryGetValue(message.Branch, out var invite))
        {
            CheckResponse(message, invite);
        }
    }

    private void CheckResponse(WireMessage response, (bool Takes, bool Wants) invite)
    {
        var number = response.ReliableNumber;
        var sent = _sent.GetValueOrDefault((response.CallId, response.ToTag));
        if (response.Status is >= 200 and < 300)
        {
            Demand(sent is not { IsOpen: true, HasDescription: true }, "A 2xx before the PRACK of a description", response);
        }
        else if (number == 0)
        {
            Demand(!invite.Wants || response.Status is 100 or >= 200, "An unreliable response to who demands reliable ones", response);
        }
        else if (sent is null)
        {
            Demand(invite.Takes, "A reliable response to who knows none", response);
            Demand(number <= int.MaxValue, "The first RSeq is too large", response);
            _sent.Add((response.CallId, response.ToTag), new Sent { Number = number, IsOpen = true, HasDescription = response.HasDescription });
        }
        else if (number != sent.Number)
        {
            Demand(!sent.IsOpen, "A second reliable response before the PRACK", response);
            Demand(number == sent.Number + 1, "RSeq does not grow by one", response);
            (sent.Number, sent.IsOpen, sent.HasDescription) = (number, true, response.HasDescription);
        }
    }
}
