namespace SipAlg.Interop.Tests.Sipp;

/// <summary>Requests outside a call, and the subscriptions that they begin (RFC 6665).</summary>
internal sealed partial class SippScript
{
    /// <summary>Asks outside a dialog.</summary>
    public SippScript Ask(string method, Body? body = null, string headers = "")
    {
        _sequence++;
        return Send(Head($"{method} sip:[service]@[remote_ip]:[remote_port]", Number(_sequence), $"{From("")}To: {Called}\n", _sequence, method)
            + (method is "SUBSCRIBE" or "REFER" ? Contact : "") + headers + Body(body), isRepeated: true);
    }

    /// <summary>Subscribes to an event.</summary>
    public SippScript Subscribe(string name, int expires = 600, string headers = "") => Ask("SUBSCRIBE", headers: $"Event: {name}\nExpires: {Number(expires)}\n{headers}");

    /// <summary>Waits for the 2xx that begins a subscription, and takes its peer and target from it.</summary>
    public SippScript Subscribed(int status, string method, params Check[] checks) =>
        Expect(status, method, [.. checks, Check.Keep(Of(Peer, ""), "To", ".*"), Check.Keep(Of(Target, ""), "Contact", "<([^>]*)>")]);

    /// <summary>Asks in the dialog for more time, or for the end.</summary>
    public SippScript Resubscribe(string name, int expires) => Request("SUBSCRIBE", headers: $"Event: {name}\nExpires: {Number(expires)}\n");

    /// <summary>Tells of an event.</summary>
    public SippScript Notify(string name, string state, Body? body = null) => Request("NOTIFY", body, $"Event: {name}\nSubscription-State: {state}\n");

    /// <summary>Is told of an event, and takes it.</summary>
    public SippScript Notified(string name, string state, params Check[] checks) =>
        Expect("NOTIFY", [Check.Field("Event", $" {name}$"), Check.Field("Subscription-State", state), .. checks]).Answer(200);
}
