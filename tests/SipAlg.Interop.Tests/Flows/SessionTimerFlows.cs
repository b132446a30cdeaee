using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>Session timers (RFC 4028), each leg on its own.</summary>
public sealed partial class FlowTests
{
    private const string Timer = "Supported: timer\n";

    /// <summary>RFC 4028 §5.</summary>
    [Fact]
    public Task An_interval_that_is_too_short_is_refused_with_the_least() => Scenario(async folder =>
    {
        await using var calling = Fixture.Call(
            folder, Caller.Invite(Offer, $"{Timer}Session-Expires: 10\n").Expect(422, Check.Field("Min-SE", "90")).AckOfRefusal(), Fixture.Callee.Number);
        await calling.AllSucceedAsync();
    });

    /// <summary>RFC 4028 §7.3.</summary>
    [Fact]
    public Task A_callee_that_wants_a_longer_interval_is_asked_again() => PlayAsync(
        Caller.Invite(Offer).Answered().HangUp(),
        Callee.Expect("INVITE", Check.Field("Session-Expires", "90")).Refuse(422, "Min-SE: 120\n")
            .Expect("INVITE", Check.Field("Session-Expires", "120"), Check.Field("Min-SE", "120")).Accept(Reply).HungUp());

    [Fact]
    public Task A_refresh_by_update_ends_at_the_gateway() => PlayAsync(
        Caller.Invite(Offer, $"{Timer}Session-Expires: 90;refresher=uac\n").Answered(Check.Field("Session-Expires", "90;refresher=uac"))
            .Request("UPDATE", headers: $"{Timer}Session-Expires: 90;refresher=uac\n").Expect(200, "UPDATE", Check.Field("Session-Expires", "90;refresher=uac")).HangUp(),
        Callee.Expect("INVITE").Accept(Reply).HungUp());

    [Fact]
    public Task The_callee_refreshes_its_session() => PlayAsync(
        Caller.Invite(Offer).Answered().Request("INFO").Expect(200, "INFO").HungUp(),
        Callee.Expect("INVITE", Check.Field("Session-Expires", "90")).Answer(200, Reply, "Require: timer\nSession-Expires: 90;refresher=uas\n").Expect("ACK").Expect("INFO").Answer(200)
            .Request("UPDATE", headers: $"{Timer}Session-Expires: 90;refresher=uac\n").Expect(200, "UPDATE", Check.Field("Session-Expires", "90;refresher=uac")).HangUp(),
        HungUpByCallee);

    /// <summary>RFC 4028 §7.4.</summary>
    [Fact]
    public Task A_refresh_by_reinvite_crosses_and_may_change_who_refreshes() => PlayAsync(
        Caller.Invite(Offer, $"{Timer}Session-Expires: 90;refresher=uac\n").Answered(Check.Field("Session-Expires", "90;refresher=uac"))
            .Reinvite(Offer, $"{Timer}Session-Expires: 90;refresher=uas\n").Answered(Check.Field("Session-Expires", "90;refresher=uas"), Described).HangUp(),
        Callee.Expect("INVITE").Accept(Reply).Expect("INVITE", Described, Check.Field("Session-Expires", "90")).Accept(Reply).HungUp());
}
