using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Fraud;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Fraud;

/// <summary>Who pays for a call that a transfer makes, or takes apart.</summary>
public sealed class TransferChargeTests : TransferTest
{
    private AccountLimits? _alices;

    private protected override TransferMode Mode => TransferMode.Gateway;

    protected override SceneOptions Options => base.Options with
    {
        Peer = peer => peer with { Transfer = Mode, Fraud = peer.Name == "alice" ? _alices : null },
    };

    private void Limit(CallLimits limits) => _alices = new AccountLimits { To = [(new LimitedNumbers("carol", new ListedNumbers(["carol"])), limits)] };

    private CallUsage Usage => Scene.Calls.Room.Ledger.Of("peer alice").Of("carol");

    [Fact]
    public void Who_transfers_pays_and_no_more_is_called_than_he_may_use()
    {
        Limit(new CallLimits { Calls = new LimitLevels(null, 1), MinutesPerDay = new LimitLevels(null, 10) });
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Accept();
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        Assert.Equal(1, Usage.Active);

        // Another one is not called.
        var (d, e) = Talk(Alice, Bob);
        Refer(Alice, d, ReferTo("carol", "gw"));
        ExpectReport(d, 403);
        Carol.ExpectNothing();
        HangUp(d, e);

        Scene.Advance(10 * 60 * 1000 + 1000);
        b.ExpectBye();
        c.ExpectBye();
        Assert.InRange(Usage.Seconds, 600, 602);
        Scene.End();
        Assert.Equal(0, Usage.Active);
    }

    /// <summary>Alice lets bob talk to carol, whom she has called herself: that call is hers as long as it lasts.</summary>
    [Fact]
    public void What_is_joined_goes_on_on_the_account_of_who_has_begun_it()
    {
        Limit(new CallLimits { MinutesPerDay = new LimitLevels(null, 100) });
        var (a, b) = Talk(Alice, Bob);
        var (own, c) = Talk(Alice, Carol);
        Scene.Advance(60_000);
        Refer(Alice, a, ReferTo("carol", "gw", own));
        c.ExpectRequest("INVITE");
        c.Accept(Carol.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        own.ExpectBye();
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        Assert.Equal(1, Usage.Active);
        Scene.Advance(120_000);
        b.Bye();
        b.Expect(200);
        c.ExpectBye();
        Scene.End();
        Assert.Equal(0, Usage.Active);
        Assert.InRange(Usage.Seconds, 180, 182);
    }

    [Fact]
    public void A_transfer_that_comes_to_nothing_costs_nothing()
    {
        Limit(new CallLimits { Calls = new LimitLevels(null, 1) });
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        Assert.Equal(1, Usage.Active);
        c.Answer(486);
        c.ExpectRequest("ACK");
        ExpectReport(a, 486);
        Assert.Equal((0, 0.0), (Usage.Active, Usage.Seconds));
        HangUp(a, b);
        Scene.End();
    }
}
