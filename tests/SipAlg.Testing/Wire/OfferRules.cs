using static SipAlg.Testing.Wire.WireRules;

namespace SipAlg.Testing.Wire;

/// <summary>
/// Offers and answers (RFC 3264 §4, RFC 3261 §13.2.1, RFC 3262 §5, RFC 3311 §5): the gateway makes no offer while one is open in the
/// dialog, answers each offer once or refuses it, and answers nothing that was not offered. A dialog in which a phone breaks these rules
/// itself is not looked at any further.
/// </summary>
internal sealed class OfferRules : IWireRules
{
    /// <summary>The gateway's tag first; no remote one before a phone has answered.</summary>
    private readonly record struct Name(string CallId, string Local, string Remote);

    private sealed class Exchange
    {
        /// <summary>The request that holds our offer, or whose answer does; null without an open one.</summary>
        public string? Ours { get; set; }
        public string? Theirs { get; set; }

        /// <summary>The first exchange has been done.</summary>
        public bool HasSession { get; set; }

        /// <summary>An offer was left without an answer: only a BYE may follow.</summary>
        public bool IsBroken { get; set; }
        public bool IsWild { get; set; }
        public bool IsOpen => Ours is not null || Theirs is not null;

        public Exchange Fork() => (Exchange)MemberwiseClone();
    }

    private readonly Dictionary<Name, Exchange> _exchanges = [];

    /// <summary>Requests, by branch and method: whether they hold a description.</summary>
    private readonly Dictionary<(string Branch, string Method), bool> _requests = [];
    private readonly HashSet<string> _seen = [];

    /// <summary>INVITEs by Call-ID, the asker's tag and CSeq, for the ACK of a 2xx.</summary>
    private readonly Dictionary<(string CallId, string Tag, uint Sequence), string> _invites = [];

    /// <summary>ACKs with an answer that may be sent again.</summary>
    private readonly HashSet<(string CallId, uint Sequence, string Tag)> _acknowledged = [];

    private Exchange Of(Name name)
    {
        if (!_exchanges.TryGetValue(name, out var exchange))
        {
            var asked = _exchanges.GetValueOrDefault(name with { Remote = "" }) ?? _exchanges.GetValueOrDefault(name with { Local = "" });
            _exchanges.Add(name, exchange = asked?.Fork() ?? new Exchange());
        }

        return exchange;
    }

    // ---- from a phone

    public void FromPhone(WireMessage message)
    {
        if (message.IsRequest)
        {
            OnTheirRequest(message);
        }
        else
        {
            OnTheirResponse(message);
        }
    }

    private void OnTheirRequest(WireMessage request)
    {
        var exchange = Of(new Name(request.CallId, request.ToTag, request.FromTag));
        if (request.Method == "ACK")
        {
            OnTheirAck(request, exchange);
            return;
        }

        if (request.Method is not ("INVITE" or "UPDATE" or "PRACK") || !_requests.TryAdd((request.Branch, request.Method), request.HasDescription))
        {
            return;
        }

        if (request.Method == "INVITE")
        {
            _invites[(request.CallId, request.FromTag, request.CSeq)] = request.Branch;
        }

        if (request.HasDescription && request.Method == "PRACK" && exchange.Ours is not null && _requests.ContainsKey((exchange.Ours, "INVITE")))
        {
            (exchange.Ours, exchange.HasSession) = (null, true);
        }
        else if (request.HasDescription)
        {
            // One that crosses another is refused: it does not become the open one.
            exchange.IsWild |= exchange.Theirs is not null && exchange.Theirs != request.Branch && request.Method == "PRACK";
            exchange.Theirs ??= request.Branch;
        }
    }

    private void OnTheirAck(WireMessage ack, Exchange exchange)
    {
        if (exchange.Ours is { } open && _invites.GetValueOrDefault((ack.CallId, ack.FromTag, ack.CSeq)) == open)
        {
            (exchange.Ours, exchange.HasSession) = (null, true);
        }
    }

    private void OnTheirResponse(WireMessage response)
    {
        if (!_requests.TryGetValue((response.Branch, response.Method), out var hasOffered) || response.ToTag.Length == 0)
        {
            return;
        }

        var exchange = Of(new Name(response.CallId, response.FromTag, response.ToTag));
        if (response.Status >= 300)
        {
            exchange.Ours = exchange.Ours == response.Branch ? null : exchange.Ours;
            if (_exchanges.TryGetValue(new Name(response.CallId, response.FromTag, ""), out var asked) && asked.Ours == response.Branch)
            {
                // It may be asked anew under the same names.
                asked.Ours = null;
            }
        }
        else if (response.Method == "INVITE" && !hasOffered)
        {
            var isReliable = response.ReliableNumber != 0 || response.Status >= 200;
            if (isReliable && response.HasDescription && _seen.Add($"{response.Branch} {response.ToTag} {response.ReliableNumber} {response.Status}"))
            {
                exchange.IsWild |= exchange.IsOpen && exchange.Theirs != response.Branch;
                exchange.Theirs = exchange.HasSession && response.Status < 200 ? null : response.Branch;
                exchange.IsWild |= response.Status >= 200 && exchange.HasSession && _seen.Contains($"{response.Branch} {response.ToTag} early");
                _seen.Add($"{response.Branch} {response.ToTag} early");
            }
        }
        else if (exchange.Ours == response.Branch && (response.HasDescription || response.Status >= 200))
        {
            var isPreview = response.Status < 200 && response.ReliableNumber == 0;
            exchange.IsWild |= response.Status >= 200 && !response.HasDescription;
            (exchange.Ours, exchange.HasSession) = isPreview ? (exchange.Ours, exchange.HasSession) : (null, true);
        }
    }

    // ---- from the gateway

    public void FromGateway(WireMessage message)
    {
        if (message.IsRequest)
        {
            var exchange = Of(new Name(message.CallId, message.FromTag, message.ToTag));
            if (message.Method == "ACK")
            {
                OnOurAck(message, exchange);
            }
            else if (!_requests.ContainsKey((message.Branch, message.Method)))
            {
                _requests.Add((message.Branch, message.Method), message.HasDescription);
                OnOurRequest(message, exchange);
            }
        }
        else if (_requests.TryGetValue((message.Branch, message.Method), out var hasOffered) && message.ToTag.Length > 0 && _seen.Add(message.Sent.Text))
        {
            OnOurResponse(message, Of(new Name(message.CallId, message.ToTag, message.FromTag)), hasOffered);
        }
    }

    private void OnOurRequest(WireMessage request, Exchange exchange)
    {
        Check(!exchange.IsBroken || request.Method is "BYE" or "CANCEL", exchange, "An offer was left without an answer, and the dialog goes on", request);
        if (request.Method == "INVITE")
        {
            _invites[(request.CallId, request.FromTag, request.CSeq)] = request.Branch;
        }

        if (!request.HasDescription || request.Method is not ("INVITE" or "UPDATE" or "PRACK"))
        {
            return;
        }

        if (request.Method == "PRACK" && exchange.Theirs is not null && _requests.ContainsKey((exchange.Theirs, "INVITE")))
        {
            (exchange.Theirs, exchange.HasSession) = (null, true);
            return;
        }

        Check(!exchange.IsOpen, exchange, $"An offer while one is open ({exchange.Ours ?? exchange.Theirs})", request);
        exchange.Ours = request.Branch;
    }

    private void OnOurAck(WireMessage ack, Exchange exchange)
    {
        var invite = _invites.GetValueOrDefault((ack.CallId, ack.FromTag, ack.CSeq));
        if (ack.HasDescription)
        {
            var isFirst = _acknowledged.Add((ack.CallId, ack.CSeq, ack.ToTag));
            Check(!isFirst || (invite is not null && exchange.Theirs == invite), exchange, "An answer to no offer", ack);
        }
        else
        {
            exchange.IsBroken |= invite is not null && exchange.Theirs == invite && !_requests[(invite, "INVITE")];
        }

        if (invite is not null && exchange.Theirs == invite)
        {
            (exchange.Theirs, exchange.HasSession) = (null, true);
        }
    }

    private void OnOurResponse(WireMessage response, Exchange exchange, bool hasOffered)
    {
        var isTheirs = exchange.Theirs == response.Branch;
        if (response.Status >= 300)
        {
            exchange.Theirs = isTheirs ? null : exchange.Theirs;
        }
        else if (hasOffered)
        {
            OnOurAnswer(response, exchange, isTheirs);
        }
        else if (response.Method == "INVITE" && response.HasDescription)
        {
            Check(response.ReliableNumber != 0 || response.Status >= 200, exchange, "An offer in an unreliable response", response);
            Check(!exchange.IsOpen, exchange, $"An offer while one is open ({exchange.Ours ?? exchange.Theirs})", response);
            exchange.Ours = response.Branch;
        }
        else if (response.Method == "INVITE" && response.Status >= 200)
        {
            Check(exchange.HasSession, exchange, "A 2xx without an offer", response);
        }
        else
        {
            Check(!response.HasDescription, exchange, "An answer to no offer", response);
        }
    }

    /// <summary>2xx or 1xx to a request with an offer.</summary>
    private void OnOurAnswer(WireMessage response, Exchange exchange, bool isOpen)
    {
        var isReliable = response.Status >= 200 || response.ReliableNumber != 0;
        if (response.HasDescription)
        {
            Check(isOpen, exchange, "A second answer, or one to no offer", response);
            Check(exchange.Ours is null, exchange, "An answer while our own offer is open", response);
            (exchange.Theirs, exchange.HasSession) = isReliable ? (null, true) : (exchange.Theirs, exchange.HasSession);
        }
        else if (response.Status >= 200)
        {
            Check(!isOpen, exchange, "An offer without an answer", response);
        }
    }

    private static void Check(bool holds, Exchange exchange, string what, WireMessage message)
    {
        if (!exchange.IsWild)
        {
            Demand(holds, what, message);
        }
    }
}
