using SipAlg.Calls.Model;
using SipAlg.Calls.Registrations;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>The way to phones behind NAT is kept open, and a phone that has gone is forgotten.</summary>
public sealed class KeepAliveTests : UserTest
{
    private const int Beat = 25_000;
    private const string Inner = "192.168.1.5:5062";

    private KeepAliveRule? _rule = KeepAliveRule.Default;

    protected override SceneOptions Options => base.Options with
    {
        Realm = realm => base.Options.Realm!(realm) with { KeepAlive = _rule },
        ChecksMessages = _rule is not { Kind: KeepAliveKind.Crlf },
    };

    private Registrar Registrar => Scene.Calls.Registrar!;

    private ScriptedPhone Registered(string? inner = Inner, ulong connection = 0, string address = "127.91.0.66", string parameters = "")
    {
        var phone = Scene.Phone("desk", SceneModel.Inside, address, 5060, connection);
        phone.Inner = inner;
        Scene.Hide(SceneModel.Inside, "192.168.1.5");
        Register(phone, "anna", parameters);
        return phone;
    }

    private static void Answer(ScriptedPhone phone, SentMessage ping, int status = 200) => phone.Send(ScriptedPhone.Answer(ping, status, "x", "t", "", "", ""));

    /// <summary>Waits for the next beat, and takes its ping.</summary>
    private SentMessage Pinged(ScriptedPhone phone)
    {
        for (var waited = 0; waited <= Beat && phone.Inbox.Count == 0; waited += 100)
        {
            Scene.Advance(100);
        }

        return phone.ExpectRequest("OPTIONS");
    }

    private void Ends()
    {
        Forget();
        Scene.End();
        Assert.Empty(Scene.Journal.Faults);
    }

    private long Total(KeepAliveOutcome outcome) => Registrar.KeepAliveTotal(SceneModel.Inside, outcome);

    [Fact]
    public void Each_beat_asks_the_phone_where_it_came_from_as_it_registered()
    {
        var phone = Registered(parameters: ";q=0.7");
        for (var beat = 0; beat < 5; beat++)
        {
            var ping = Pinged(phone);
            Assert.Equal($"OPTIONS sip:desk@{Inner} SIP/2.0", ping.StartLine);
            Assert.Equal(phone.Flow.Remote, ping.Flow.Remote);
            Answer(phone, ping, beat == 0 ? 405 : 200);
        }

        Assert.Equal((5, 5, 0), (Total(KeepAliveOutcome.Sent), Total(KeepAliveOutcome.Answered), Total(KeepAliveOutcome.Unanswered)));
        Assert.Equal(1, Registrar.Active(SceneModel.Inside));
        Ends();
    }

    [Fact]
    public void Nobody_else_is_asked_and_costs_no_timer()
    {
        var phone = Registered(inner: null);
        Scene.Advance(40_000);
        Assert.Equal(1, Scene.Harness.Lane.Timers.Count);
        Scene.Advance(5 * Beat);
        phone.ExpectNothing();
        Ends();
    }

    [Fact]
    public void Switched_off_nobody_is_asked()
    {
        _rule = null;
        var phone = Registered();
        Scene.Advance(5 * Beat);
        phone.ExpectNothing();
        Ends();
    }

    /// <summary>Of 500 phones that come at one moment, after a restart too, no second asks more than three times its share.</summary>
    [Fact]
    public void Pings_are_spread_over_the_beat()
    {
        const int Phones = 500;
        Scene.Harness.Turn(() =>
        {
            for (var phone = 1; phone <= Phones; phone++)
            {
                var flow = Scene.Harness.Flow(0, $"127.91.1.{phone % 250}:{5000 + phone}");
                Assert.True(Registrar.Restore(new BindingRecord(
                    phone, $"anna@{Domain.Name}", $"sip:a{phone}@192.168.1.5", "c", 1, Scene.Harness.Time.GetUtcNow().AddHours(1), flow, BindingTraits.IsBehindNat, 1000, "", 0, "", "")));
            }
        });
        Scene.Advance(Beat);
        var pings = Scene.Unclaimed.Where(sent => sent.StartLine.StartsWith("OPTIONS", StringComparison.Ordinal)).DistinctBy(sent => sent.Flow.Remote).ToArray();
        Assert.Equal(Phones, pings.Length);
        Assert.All(pings.GroupBy(ping => (ping.At - pings.Min(first => first.At)) / 1000), second => Assert.InRange(second.Count(), 1, 3 * Phones / 25));
        Ends();
    }

    [Fact]
    public void A_phone_that_has_answered_and_does_so_no_more_is_forgotten()
    {
        var phone = Registered();
        Answer(phone, Pinged(phone));
        Scene.Advance(Beat + 32_000);
        Assert.Equal(1, Registrar.Active(SceneModel.Inside));
        Scene.Advance(Beat + 32_000);
        Assert.Equal(0, Registrar.Active(SceneModel.Inside));
        Assert.Equal($"sip:desk@{Inner}", Assert.Single(Scene.Journal.DeadFlows).Contact);
        Assert.Equal((2, 1), (Total(KeepAliveOutcome.Unanswered), Total(KeepAliveOutcome.Dead)));
        phone.Take();
        Bob.Call("anna").Expect(480);
        Scene.End();
    }

    /// <summary>Not every phone answers OPTIONS.</summary>
    [Fact]
    public void A_phone_that_never_answered_stays()
    {
        var phone = Registered();
        Scene.Advance(10 * Beat);
        Assert.Equal(1, Registrar.Active(SceneModel.Inside));
        Assert.True(Total(KeepAliveOutcome.Unanswered) >= 4);
        phone.Take();
        Ends();
    }

    [Fact]
    public void A_refresh_shows_that_the_phone_lives()
    {
        var phone = Registered();
        Answer(phone, Pinged(phone));
        for (var refresh = 0; refresh < 5; refresh++)
        {
            Scene.Advance(Beat + 25_000);
            phone.Take();
            Register(phone, "anna");
        }

        Assert.Equal(1, Registrar.Active(SceneModel.Inside));
        phone.Take();
        Ends();
    }

    /// <summary>Anybody can forge ICMP: the answer that comes all the same is what counts.</summary>
    [Fact]
    public void A_phone_that_answers_stays_whatever_ICMP_says()
    {
        var phone = Registered();
        for (var beat = 0; beat < 5; beat++)
        {
            var ping = Pinged(phone);
            Scene.Harness.Unreachable(phone.Flow);
            Scene.Advance(1);
            Answer(phone, ping);
        }

        Assert.Equal((1, 5, 0), (Registrar.Active(SceneModel.Inside), Total(KeepAliveOutcome.Answered), Total(KeepAliveOutcome.Unanswered)));
        Ends();
    }

    [Fact]
    public void A_port_that_nobody_listens_at_is_forgotten_as_a_silent_phone_is()
    {
        var phone = Registered();
        Answer(phone, Pinged(phone));
        for (var beat = 0; beat < 2; beat++)
        {
            Pinged(phone);
            Scene.Harness.Unreachable(phone.Flow);
            Scene.Advance(31_900);
            Assert.Equal(1, Registrar.Active(SceneModel.Inside));
            phone.Take();
        }

        Scene.Advance(1000);
        Assert.Equal(0, Registrar.Active(SceneModel.Inside));
        phone.Take();
        Scene.End();
    }

    [Fact]
    public void With_crlf_line_ends_are_sent_and_nothing_is_expected()
    {
        _rule = KeepAliveRule.Default with { Kind = KeepAliveKind.Crlf };
        var phone = Registered();
        Scene.Advance(4 * Beat);
        Assert.Equal(4, phone.Inbox.Count(sent => sent.Text == "\r\n\r\n"));
        Assert.Equal(1, Registrar.Active(SceneModel.Inside));
        Ends();
    }

    /// <summary>RFC 5626 §4.4.1, at a fourth of the pace; what comes of a connection that is gone is the registrar's.</summary>
    [Fact]
    public void Over_a_connection_line_ends_are_sent_until_it_is_gone()
    {
        _rule = KeepAliveRule.Default with { Kind = KeepAliveKind.Crlf };
        var phone = Registered(connection: 7);
        Scene.Advance(8 * Beat);
        Assert.Equal(2, phone.Inbox.Count(sent => sent.Text == "\r\n\r\n"));
        Scene.Harness.ConnectionClosed(phone.Flow, CloseReason.Remote);
        phone.Take();
        Scene.Advance(8 * Beat);
        phone.ExpectNothing();
        Assert.Equal(1, Registrar.Active(SceneModel.Inside));
        Ends();
    }

    [Fact]
    public void A_phone_that_unregisters_is_asked_no_more()
    {
        var phone = Registered();
        Forget();
        Scene.Advance(2 * Beat);
        phone.ExpectNothing();
        Scene.End();
    }
}
