using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;

namespace SipAlg.Calls.Tests.Headers;

/// <summary>Alice calls bob, who has two other numbers; who of them is in the trust domain is what each test begins with.</summary>
public abstract class IdentityTest : CallTest
{
    /// <summary>Every header that says who calls, or who diverted the call.</summary>
    private protected const string Identities =
        "P-Asserted-Identity: \"A\" <sip:+4930@q7alicex.example>, <tel:+4930>\r\nP-Preferred-Identity: <sip:+4931@q7alicex.example>\r\n" +
        "Remote-Party-ID: \"A\" <sip:+4930@q7alicex.example>;party=calling;screen=yes\r\nDiversion: \"D\" <sip:+4932@q7alicex.example>;reason=unconditional\r\n" +
        "History-Info: <sip:bob@q7alicex.example>;index=1, <sip:+4932@q7alicex.example>;index=1.1;mp=1\r\n";

    private bool _trustsAlice = true;
    private bool _trustsBob = true;

    /// <summary>What the route "set" changes.</summary>
    private protected RouteEdits Set { get; set; } = RouteEdits.None;

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer with { IsTrusted = peer.Name switch { "alice" => _trustsAlice, "bob" => _trustsBob, _ => true } },
        Routes = model =>
        [
            SceneModel.Dialplan(SceneModel.Head("by number", [SceneModel.Called("q"), new NumberCondition(false, new ListedNumbers(["+4930"]))]), RouteEdits.None, SceneModel.To(model.Carol)),
            SceneModel.Dialplan(SceneModel.Head("set", [SceneModel.Called("set")]), Set, SceneModel.To(model.Bob)),
            SceneModel.Dialplan(
                SceneModel.Head("uri", [SceneModel.Called("uri")]), RouteEdits.None,
                new RouteTarget { Kind = TargetKind.Uri, Uri = $"sip:ext@{SceneModel.CarolAddress}", Realm = SceneModel.Outside }),
        ],
    };

    private protected void Trust(bool alice, bool bob) => (_trustsAlice, _trustsBob) = (alice, bob);

    /// <summary>What bob sees of alice's call.</summary>
    private protected SentMessage Seen(string headers, string called = "bob", string? from = null)
    {
        var a = Alice.Dialog(called);
        if (from is not null)
        {
            a.SetFrom(from);
        }

        a.Invite(Alice.Sdp(), headers);
        return (called == "uri" ? Scene.Carol : Bob).ExpectCall().Asked;
    }

    private protected static void Lacks(SentMessage message, params HeaderId[] ids) => Assert.All(ids, id => Assert.Null(message.Header(id)));

    private protected static void Has(SentMessage message, params HeaderId[] ids) => Assert.All(ids, id => Assert.NotNull(message.Header(id)));
}
