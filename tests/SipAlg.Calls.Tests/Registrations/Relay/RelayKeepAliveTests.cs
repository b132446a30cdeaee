using SipAlg.Calls.Registrations;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations.Relay;

/// <summary>The way to phones behind NAT is kept open, whoever has their registrations.</summary>
public sealed class RelayKeepAliveTests : RelayTest
{
    private const int Beat = 25_000;
    private const string Inner = "192.168.1.5:5062";

    protected override SceneOptions Options => base.Options with { ChecksHiding = false };

    private ScriptedPhone Behind()
    {
        var phone = Phone();
        phone.Inner = Inner;
        return phone;
    }

    private SentMessage Pinged(ScriptedPhone phone)
    {
        for (var waited = 0; waited <= Beat && phone.Inbox.Count == 0; waited += 100)
        {
            Scene.Advance(100);
        }

        return phone.ExpectRequest("OPTIONS");
    }

    private long Total(KeepAliveOutcome outcome) => Scene.Calls.Registrar!.KeepAliveTotal(SceneModel.Inside, outcome);

    [Fact]
    public void A_phone_behind_nat_is_asked_each_beat_where_it_came_from()
    {
        var phone = Behind();
        Registered(phone);
        for (var beat = 0u; beat < 3; beat++)
        {
            var ping = Pinged(phone);
            Assert.Equal($"OPTIONS sip:ann@{Inner};line=7 SIP/2.0", ping.StartLine);
            Assert.Equal(phone.Flow.Remote, ping.Flow.Remote);
            phone.Send(ScriptedPhone.Answer(ping, 200, "OK", "t", "", "", ""));
            Register(phone, 2 + beat);
            if (Pbx.Inbox.Count > 0)
            {
                Answers();
            }

            phone.ExpectResponse(200);
        }

        Assert.Equal((3, 3), (Total(KeepAliveOutcome.Sent), Total(KeepAliveOutcome.Answered)));
        Forget();
        Scene.Advance(2 * Beat);
        phone.ExpectNothing();
        Scene.End();
    }

    [Fact]
    public void A_dead_flow_removes_the_binding()
    {
        var phone = Behind();
        var token = Token(Registered(phone));
        phone.Send(ScriptedPhone.Answer(Pinged(phone), 200, "OK", "t", "", "", ""));
        Register(phone, 2);
        if (Pbx.Inbox.Count > 0)
        {
            Answers();
        }

        phone.ExpectResponse(200);
        Scene.Calls.Relay!.Bindings.EndAt(0, 600_000);
        for (var beat = 0; beat < 2; beat++)
        {
            Assert.Equal(1, Standing);
            Pinged(phone);
            Scene.Advance(31_900);
            phone.Take();
        }

        Scene.Advance(1000);
        Assert.Equal((0, 0), (Standing, Scene.Calls.Admitted.Count));
        Assert.Equal($"sip:ann@{Inner};line=7", Assert.Single(Scene.Journal.DeadFlows).Contact);
        Call(token).Expect(404);
        phone.Take();
        Scene.End();
    }

    [Fact]
    public void A_phone_that_is_not_behind_nat_costs_no_timer()
    {
        var phone = Phone();
        Registered(phone);
        Scene.Advance(40_000);
        Assert.Equal(1, Scene.Harness.Lane.Timers.Count);
        phone.ExpectNothing();
        Forget();
        Scene.End();
    }

    [Fact]
    public void After_a_restart_too()
    {
        var phone = Behind();
        Registered(phone);
        var kept = Scene.Calls.Relay!.RecordOf(0);
        Forget();
        Scene.Harness.Turn(() => Assert.True(Scene.Calls.Registrar!.Restore(kept)));
        Pinged(phone);
        Forget();
        phone.Take();
        Scene.Advance(32_000);
        phone.Take();
        Scene.End();
    }
}
