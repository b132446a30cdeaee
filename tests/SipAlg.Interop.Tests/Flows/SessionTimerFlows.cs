using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>Session timers (RFC 4028), each leg on its own.</summary>
public sealed partial class FlowTests
{
    private const string Timer = "Supported: timer\n";

    public sealed partial class Gateway
    {
        private Callee _longCallee = null!;
        private ScenarioFolder? _longCallsFolder;
        private Task<Flow>? _longCall;

        private void AddSessionTimers() => _longCallee = AddCallee("patient", Networks.Inside(25));

        /// <summary>
        /// A session is refreshed after 45 s at the earliest (RFC 4028 §4: no interval is below 90 s), so this call is begun before the other tests and looked at
        /// after them. The caller takes UPDATE and the callee does not.
        /// </summary>
        internal Task<Flow> LongCall => _longCall ??= BeginAsync(
            _longCallsFolder = ScenarioFolder.Create("long-call"),
            SippScript.Caller().Invite(Offer, $"{Timer}Session-Expires: 90;refresher=uas\n").Answered(Check.Field("Session-Expires", "90;refresher=uas"), Check.Field("Require", "timer"))
                .Expect("UPDATE", Check.Field("Session-Expires", "90")).Answer(200, headers: "Require: timer\nSession-Expires: 90;refresher=uac\n").HungUp(),
            _longCallee.Number,
            (_longCallee, SippScript.Callee().Allowing("INVITE, ACK, CANCEL, BYE").Expect("INVITE", Described, Check.Field("Session-Expires", "90")).Accept(Reply)
                .Expect("INVITE", Described, Check.Field("Session-Expires", "90")).Accept(Reply).HangUp()));

        public override async Task DisposeAsync()
        {
            if (_longCall is not null)
            {
                await (await _longCall).DisposeAsync();
                _longCallsFolder!.Delete();
            }

            await base.DisposeAsync();
        }
    }

    [Fact]
    public async Task At_first_a_call_begins_that_outlasts_the_others() => await (await Fixture.LongCall).IsAnsweredAsync();

    [Fact]
    public Task At_length_each_of_its_sessions_is_refreshed() => Scenario(async _ =>
    {
        var flow = await Fixture.LongCall;
        await flow.EndsAsync(HungUpByCallee);
        var offers = flow.Answering.Received("INVITE");
        Assert.Equal(offers[0].Origin, offers[1].Origin);
    });

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
}
