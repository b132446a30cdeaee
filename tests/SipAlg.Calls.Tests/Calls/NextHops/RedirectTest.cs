using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>Bob redirects, and the dialplan has routes for what comes from bob.</summary>
public abstract class RedirectTest : NextHopTest
{
    protected override SceneOptions Options => new()
    {
        Routes = model =>
        [
            Of(model.Bob, "200", SceneModel.To(model.Carol)),
            Of(model.Bob, "300", SceneModel.To(model.Dave)),
            Of(model.Bob, "service", SceneModel.Service(ServiceKind.Echo)),
            Of(model.Bob, "again", SceneModel.To(model.Bob)),
            SceneModel.Dialplan(SceneModel.Head("hops", [new NumberCondition(true, new NumberPrefixes(["hop"])), new PeerCondition([model.Bob])]), RouteEdits.None, SceneModel.To(model.Bob)),
            Route("pair", [SceneModel.To(model.Dave), SceneModel.To(model.Carol)], condition: new PeerCondition([model.Bob])),
            SceneModel.Dialplan(
                SceneModel.Head("set", [SceneModel.Called("set"), new PeerCondition([model.Bob])]),
                new RouteEdits { Called = SceneModel.Template("4711"), Caller = SceneModel.Template("4712"), Headers = [new HeaderTemplate("X-Set", SceneModel.Template("yes"))] },
                SceneModel.To(model.Carol)),
            SceneModel.Dialplan(SceneModel.Head("domain", [new DomainCondition(["far.example"]), new PeerCondition([model.Bob])]), RouteEdits.None, SceneModel.To(model.Carol)),
            SceneModel.Dialplan(SceneModel.Head("of a uri", [SceneModel.Called("500"), new RealmCondition([model.Realms[SceneModel.Outside]])]), RouteEdits.None, SceneModel.To(model.Dave)),
            Route("sourced", [SceneModel.To(model.Carol)], condition: new SourceCondition([new IpNetwork(IpAddress.Parse(SceneModel.CarolAddress), 32)])),
            Route("from bob", [SceneModel.To(model.Carol)], condition: new SourceCondition([new IpNetwork(IpAddress.Parse(SceneModel.BobAddress), 32)])),
            SceneModel.Route("refused", [SceneModel.Called("refused"), new PeerCondition([model.Bob])], new Rejection(403, "Not for you")),
            SceneModel.Route("the callers own", [SceneModel.Called("own"), new RealmCondition([model.Realms[SceneModel.Inside]])], SceneModel.To(model.Carol)),
            Route("hunt", [SceneModel.To(model.Bob), SceneModel.To(model.Carol)], head => head with { TryNextOn = Statuses(503, 503) }, new RealmCondition([model.Realms[SceneModel.Inside]])),
            Route("on302", [SceneModel.To(model.Bob), SceneModel.To(model.Carol)], head => head with { TryNextOn = Statuses(302, 302) }),
            Route("ring", [SceneModel.To(model.Bob) with { Priority = 1 }, SceneModel.To(model.Carol) with { Priority = 1 }], head => head with { RingsAll = true }),
            Route("uri", [Uri($"sip:x@{SceneModel.CarolAddress}:5060")]),
            SceneModel.Route("nowhere", [new PeerCondition([model.Bob])], new Rejection(404, null)),
        ],
    };

    private static Route Of(SipAlg.Calls.Model.Peer peer, string called, RouteTarget target) => Route(called, [target], condition: new PeerCondition([peer]));

    private protected static string Contacts(params string[] contacts) => string.Concat(contacts.Select(contact => $"Contact: {contact}\r\n"));
}
