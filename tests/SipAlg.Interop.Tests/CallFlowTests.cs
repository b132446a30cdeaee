using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>Calls as SIPp plays them, one by one, with each way that a call may go.</summary>
[Trait("Run", "second")]
public sealed class CallFlowTests(CallFlowTests.Gateway gateway) : GatewayTests<CallFlowTests.Gateway>(gateway)
{
    public sealed class Gateway : TwoSides
    {
        internal Callee Udp { get; }
        internal Callee Tcp { get; }
        internal Callee V6 { get; }
        internal Callee Dead { get; }
        internal Callee Impatient { get; }
        internal string DeadThenUdp { get; }

        public Gateway()
        {
            Udp = AddCallee("udp");
            Tcp = AddCallee("tcp", Networks.Inside(21), "tcp");
            V6 = AddCallee("v6", "::1", realm: "inside_v6");
            Dead = AddCallee("dead", Networks.Inside(22));
            Impatient = AddCallee("impatient", Networks.Inside(23));
            ImpatientNumber = AddRoute("peer: impatient, no_answer: 1s");
            DeadThenUdp = AddRoute("peer: dead", "peer: udp");
        }

        internal string ImpatientNumber { get; }
    }

    private static SippScenario Caller => new("caller");
    private static SippScenario Answers => new("callee");

    private static SippScenario Refused(int status) => new SippScenario("caller-refused").With("status", $"{status}");

    [Fact]
    public Task Udp_to_udp() => Scenario(folder => Fixture.TalkAsync(folder, Caller, Answers, Fixture.Udp));

    [Fact]
    public Task Tcp_to_tcp() => Scenario(folder => Fixture.TalkAsync(folder, Caller, Answers, Fixture.Tcp, isTcp: true));

    [Fact]
    public Task Udp_to_tcp() => Scenario(folder => Fixture.TalkAsync(folder, Caller, Answers, Fixture.Tcp));

    [Fact]
    public Task Tcp_to_udp() => Scenario(folder => Fixture.TalkAsync(folder, Caller, Answers, Fixture.Udp, isTcp: true));

    [Fact]
    public Task IPv4_to_IPv6() => Scenario(folder => Fixture.TalkAsync(folder, Caller, Answers, Fixture.V6));

    [Fact]
    public Task The_callee_hangs_up() =>
        Scenario(folder => Fixture.TalkAsync(folder, new SippScenario("caller-hung-up"), new SippScenario("callee-hangs-up"), Fixture.Udp));

    [Fact]
    public Task The_callee_hangs_up_over_tcp() =>
        Scenario(folder => Fixture.TalkAsync(folder, new SippScenario("caller-hung-up"), new SippScenario("callee-hangs-up"), Fixture.Tcp, isTcp: true));

    [Fact]
    public Task The_caller_cancels_while_it_rings() =>
        Scenario(folder => Fixture.TalkAsync(folder, new SippScenario("caller-cancels"), new SippScenario("callee-cancelled"), Fixture.Udp));

    [Fact]
    public Task The_caller_holds_and_resumes() =>
        Scenario(folder => Fixture.TalkAsync(folder, new SippScenario("caller-holds"), new SippScenario("callee-held"), Fixture.Udp));

    [Fact]
    public Task The_callee_holds_and_resumes() =>
        Scenario(folder => Fixture.TalkAsync(folder, new SippScenario("caller-held"), new SippScenario("callee-holds"), Fixture.Udp));

    [Theory]
    [InlineData(486)]
    [InlineData(603)]
    public Task A_refusal_crosses(int status) => Scenario(folder =>
        Fixture.TalkAsync(folder, Refused(status), new SippScenario("callee-refuses").With("status", $"{status}"), Fixture.Udp));

    [Fact]
    public Task A_callee_that_never_answers_is_cancelled_and_the_caller_told() => Scenario(async folder =>
    {
        await using var answering = await TwoSides.AnswerAsync(folder, new SippScenario("callee-cancelled"), Fixture.Impatient);
        await using var calling = Fixture.Call(folder, Refused(480), Fixture.ImpatientNumber);
        await SippRun.AllSucceedAsync(calling, answering);
    });

    [Fact]
    public Task A_dead_callee_is_noticed_by_icmp() => Scenario(async folder =>
    {
        await using var calling = Fixture.Call(folder, Refused(503), Fixture.Dead.Number);
        await calling.AllSucceedAsync();
    });

    [Fact]
    public Task The_next_target_takes_what_a_dead_one_cannot() => Scenario(async folder =>
    {
        await using var answering = await TwoSides.AnswerAsync(folder, Answers, Fixture.Udp);
        await using var calling = Fixture.Call(folder, Caller, Fixture.DeadThenUdp);
        await SippRun.AllSucceedAsync(calling, answering);
    });

    [Fact]
    public Task Without_an_ack_the_answer_is_repeated_and_both_legs_end() => Scenario(async folder =>
    {
        await using var answering = await TwoSides.AnswerAsync(folder, new SippScenario("callee-hung-up"), Fixture.Udp);
        await using var calling = Fixture.Call(folder, new SippScenario("caller-never-acks"), Fixture.Udp.Number);
        await SippRun.AllSucceedAsync(calling, answering);
        Assert.InRange(calling.Count("SIP/2.0 200 OK\r\n.*?CSeq: 1 INVITE"), 5, 15);
    });
}
