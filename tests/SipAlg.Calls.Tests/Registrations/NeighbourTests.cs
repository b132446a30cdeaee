using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Tests.Authentication;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>A peer that is a whole network, with users in it: some routes are for all of it, others ask who it is.</summary>
public sealed class NeighbourTests : UserTest
{
    private bool _isTrusted;

    protected override SceneOptions Options => base.Options with
    {
        Peer = peer => peer.Name == "alice" ? peer with { IsTrusted = _isTrusted } : peer,
    };

    protected override IEnumerable<Route> Routes(SceneModel model) =>
    [
        SceneModel.Route("users", [new UserCondition([.. Users.Users]), SceneModel.Called("inner")], SceneModel.To(model.Bob)),
        SceneModel.Route("prove it", [SceneModel.Called("inner")], new Rejection(401, null)),
    ];

    [Fact]
    public void What_is_open_to_all_needs_no_proof()
    {
        Completes(Alice.Call(), Bob.ExpectCall());
        Ends("alice", null);
    }

    [Fact]
    public void What_is_for_users_is_challenged_and_who_has_proven_it_calls_as_the_user()
    {
        var dialog = Alice.Dialog("inner");
        dialog.SetFrom("<sip:+49666@127.91.0.10>");
        dialog.Invite(Alice.Sdp());
        var nonce = Nonce(dialog.Expect(401));
        Assert.Equal(0, Scene.Calls.Owners);
        dialog.Invite(Alice.Sdp(), Proof(nonce, "INVITE"));
        var b = Bob.ExpectCall();
        Assert.Contains("<sip:+4930123@", b.Asked.Header(HeaderId.From), StringComparison.Ordinal);
        Completes(dialog, b);
        Ends(null, "anna");
    }

    [Fact]
    public void So_is_a_message()
    {
        var dialog = Alice.Dialog("inner");
        dialog.Request("MESSAGE", body: "Hello", type: "text/plain");
        var nonce = Nonce(Alice.ExpectResponse(401));
        Assert.Equal(0, Scene.Harness.Transactions.Count);
        dialog.Request("MESSAGE", Proof(nonce, "MESSAGE"), "Hello", "text/plain");
        Bob.Send(ScriptedPhone.Answer(Bob.ExpectRequest("MESSAGE"), 200, "OK", "t", "", "", ""));
        Alice.ExpectResponse(200);
        Scene.End();
    }

    [Theory]
    [InlineData(AuthenticationBench.Domain, 401)]
    [InlineData("elsewhere.example", 200)]
    public void A_proof_that_is_not_good_is_challenged_unless_it_is_for_somebody_else(string realm, int status)
    {
        var dialog = Alice.Dialog("echo");
        dialog.Invite(Alice.Sdp(), AuthenticationBench.Answer("0", user: "anna", method: "INVITE", realm: realm));
        dialog.Expect(status);
        if (status == 200)
        {
            dialog.Ack();
            dialog.Bye();
            dialog.Expect(200);
        }

        Assert.Equal(status == 200 ? 1 : 0, Scene.Journal.Ended.Count);
        Scene.End();
    }

    [Fact]
    public void A_trusted_peer_speaks_for_its_own_users()
    {
        _isTrusted = true;
        var dialog = Alice.Dialog("inner");
        dialog.Invite(Alice.Sdp(), Proof("0", "INVITE"));
        Assert.Null(dialog.Expect(401).Header(HeaderId.WwwAuthenticate));
        Scene.End(CallCause.RejectedByRoute, CallOutcome.Rejected, 401);
    }

    private void Ends(string? peer, string? user)
    {
        var record = Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        Assert.Equal((peer, user), (record.FromPeer, record.FromUser));
    }

    private string Proof(string nonce, string method) =>
        AuthenticationBench.Answer(nonce, user: "anna", method: method, uri: $"sip:inner@{Alice.Flow.Local}");
}
