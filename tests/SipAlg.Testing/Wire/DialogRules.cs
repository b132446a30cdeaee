using static SipAlg.Testing.Wire.WireRules;

namespace SipAlg.Testing.Wire;

/// <summary>
/// Requests in a dialog: they bear its Call-ID and tags (RFC 3261 §12.2.1.1), their CSeq grows by one, and none but ACK follows a BYE.
/// </summary>
internal sealed class DialogRules : IWireRules
{
    /// <summary>The gateway's tag first.</summary>
    private readonly record struct Name(string CallId, string Local, string Remote);

    private sealed class Dialog
    {
        public uint Sequence { get; set; }

        /// <summary>Our INVITEs, whose CSeq an ACK repeats.</summary>
        public HashSet<uint> Invites { get; } = [];
        public bool IsEnded { get; set; }

        /// <summary>A REFER of theirs came in it, whose subscription outlives its BYE (RFC 5057 §4.1).</summary>
        public bool HasReferred { get; set; }

        /// <summary>The way that our BYE went.</summary>
        public Signaling.Transports.Flow Way { get; set; }
    }

    private readonly Dictionary<Name, Dialog> _dialogs = [];
    private readonly Dictionary<string, uint> _invites = [];
    private readonly HashSet<(string Branch, string Method)> _sent = [];
    private readonly Dictionary<string, Name> _byes = [];

    /// <summary>Who has subscribed: Call-ID and its tag.</summary>
    private readonly HashSet<(string CallId, string Tag)> _subscribers = [];

    public void FromPhone(WireMessage message)
    {
        if (message.IsRequest)
        {
            if (message is { Method: "SUBSCRIBE", ToTag.Length: 0 })
            {
                _subscribers.Add((message.CallId, message.FromTag));
            }
            else if (message is { Method: "REFER", ToTag.Length: > 0 })
            {
                Of(new Name(message.CallId, message.ToTag, message.FromTag)).HasReferred = true;
            }
            else if (message.Method == "NOTIFY")
            {
                // RFC 6665 §4.1.2.4: it may come before the 2xx, and makes the dialog then.
                Of(new Name(message.CallId, message.ToTag, message.FromTag));
            }
            else if (message.Method == "BYE")
            {
                _byes.TryAdd(message.Branch, new Name(message.CallId, message.ToTag, message.FromTag));
            }
        }
        else if (message.Method is "INVITE" or "SUBSCRIBE" && message.Status is > 100 and < 300 && message.ToTag.Length > 0 && _invites.TryGetValue(message.Branch, out var sequence))
        {
            var dialog = Of(new Name(message.CallId, message.FromTag, message.ToTag));
            dialog.Sequence = Math.Max(dialog.Sequence, sequence);
            dialog.Invites.Add(sequence);
        }
    }

    private Dialog Of(in Name name)
    {
        if (!_dialogs.TryGetValue(name, out var dialog))
        {
            _dialogs.Add(name, dialog = new Dialog());
        }

        return dialog;
    }

    public void FromGateway(WireMessage message)
    {
        if (!message.IsRequest)
        {
            OnResponse(message);
        }
        else if (message.Method == "ACK")
        {
            CheckAck(message);
        }
        else if (message.Method != "CANCEL" && _sent.Add((message.Branch, message.Method)))
        {
            CheckRequest(message);
        }
    }

    private void OnResponse(WireMessage response)
    {
        if (response.Method == "INVITE" && response.Status is > 100 and < 300)
        {
            Of(new Name(response.CallId, response.ToTag, response.FromTag));
        }
        else if (response.Method == "BYE" && response.Status is >= 200 and < 300 && _byes.TryGetValue(response.Branch, out var name))
        {
            Of(name).IsEnded = true;
        }
    }

    private void CheckRequest(WireMessage request)
    {
        if (request.ToTag.Length == 0)
        {
            _invites.TryAdd(request.Branch, request.CSeq);
            return;
        }

        var name = new Name(request.CallId, request.FromTag, request.ToTag);
        if (request.Method == "NOTIFY" && _subscribers.Contains((request.CallId, request.ToTag)))
        {
            Of(name);
        }

        Demand(_dialogs.TryGetValue(name, out var dialog), "A request in no dialog", request);
        var isByeAnew = request.Method == "BYE" && dialog!.Way.Connection != 0 && dialog.Way != request.Sent.Flow;
        Demand(!dialog!.IsEnded || isByeAnew || (request.Method == "NOTIFY" && dialog.HasReferred), "A request behind a BYE", request);

        // The BYE of a dialog that nobody wants may leave some out: other early dialogs of its INVITE have counted too.
        Demand(request.CSeq == dialog.Sequence + 1 || dialog.Sequence == 0 || (request.Method == "BYE" && request.CSeq > dialog.Sequence), $"CSeq does not follow {dialog.Sequence}", request);
        dialog.Sequence = request.CSeq;
        if (request.Method == "INVITE")
        {
            dialog.Invites.Add(request.CSeq);
        }
        else if (request.Method == "BYE")
        {
            (dialog.IsEnded, dialog.Way) = (true, request.Sent.Flow);
        }
    }

    /// <summary>That of a failure is the INVITE's transaction's, with the answer's To.</summary>
    private void CheckAck(WireMessage ack)
    {
        if (_invites.ContainsKey(ack.Branch) || _sent.Contains((ack.Branch, "INVITE")))
        {
            return;
        }

        Demand(_dialogs.TryGetValue(new Name(ack.CallId, ack.FromTag, ack.ToTag), out var dialog), "An ACK in no dialog", ack);
        Demand(dialog!.Invites.Contains(ack.CSeq), "An ACK of no INVITE", ack);
    }
}
