using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>Routes whose targets ring together.</summary>
public abstract class RingTest : NextHopTest
{
    private protected const string Elsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";
    private protected int? Limit { get; set; }
    private protected bool MergesForks { get; set; }
    private protected int MediaPairs { get; set; } = 20;

    protected override SceneOptions Options => new()
    {
        MediaPairs = MediaPairs,
        Peer = peer => peer.Name switch
        {
            "alice" => peer with { MergesForks = MergesForks },
            "carol" => peer with { Limits = new PeerLimits(Limit, null) },
            _ => peer,
        },
        Routes = model =>
        [
            Ring("three", Together(SceneModel.To(model.Bob), SceneModel.To(model.Carol), SceneModel.To(model.Dave))),
            Ring("two", Together(SceneModel.To(model.Bob) with { NoAnswer = TimeSpan.FromSeconds(10) }, SceneModel.To(model.Carol) with { NoAnswer = TimeSpan.FromSeconds(20) })),
            Ring("then", [.. Together(SceneModel.To(model.Bob) with { NoAnswer = TimeSpan.FromSeconds(20) }, SceneModel.To(model.Carol)), SceneModel.To(model.Dave) with { Priority = 2 }]),
            Ring("service", Together(SceneModel.To(model.Bob), SceneModel.Service(ServiceKind.Echo), SceneModel.To(model.Carol))),
            Ring("unordered", [SceneModel.To(model.Bob), SceneModel.To(model.Carol)]),
            Ring("crowd", Together([.. Enumerable.Range(6001, 20).Select(port => Uri($"sip:crowd@{SceneModel.BobAddress}:{port}"))])),
        ],
    };

    private protected static Route Ring(string called, RouteTarget[] targets) => Route(called, targets, head => head with { RingsAll = true });

    private protected static RouteTarget[] Together(params RouteTarget[] targets) => [.. targets.Select(target => target with { Priority = 1 })];

    private protected (PhoneDialog A, PhoneDialog B, PhoneDialog C, PhoneDialog D) Three(string offer = "offer")
    {
        var a = Alice.Call("three", offer == "offer" ? null : offer);
        return (a, Bob.ExpectCall(), Carol.ExpectCall(), Dave.ExpectCall());
    }

    /// <summary>Sees the CANCEL of one that has rung, for this reason, and lets it end.</summary>
    private protected static void Cancelled(PhoneDialog callee, string? reason)
    {
        var cancel = callee.ExpectRequest("CANCEL");
        Assert.Equal(reason, Reason(cancel));
        callee.AnswerTo(cancel, 200);
        Refuse(callee, 487);
    }
}
