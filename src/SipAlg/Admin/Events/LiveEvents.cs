using SipAlg.Journal;

namespace SipAlg.Admin.Events;

/// <summary>What has happened, as it waits to be written: made on a lane, so without any work that can wait.</summary>
internal abstract class LiveEvent
{
    public abstract void Tell(EventFeed feed);
}

internal sealed class LiveCallEvent(string what, CallSnapshot call) : LiveEvent
{
    public override void Tell(EventFeed feed) => feed.Send(
        EventTypes.Call, new CallEvent(what, feed.Now, CallDetails.Of(call, what == "started" ? "setup" : "answered")), AdminJson.Default.CallEvent);
}

internal sealed class EndedCallEvent(JudgedCall call) : LiveEvent
{
    public override void Tell(EventFeed feed) => feed.Send(EventTypes.Call, new CallEvent("ended", feed.Now, CallDetails.Of(call, "ended")), AdminJson.Default.CallEvent);
}

internal sealed class LiveContactEvent(string what, DateTimeOffset at, int realm, string aor, string contact) : LiveEvent
{
    public override void Tell(EventFeed feed) => feed.Send(
        EventTypes.Registration, new RegistrationEvent(what, at, feed.RealmName(realm), aor, contact), AdminJson.Default.RegistrationEvent);
}
