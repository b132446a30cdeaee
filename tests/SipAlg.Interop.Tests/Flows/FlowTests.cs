using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>
/// Every call flow of docs/call-flows.md, SIPp on both sides. A script is one side's ladder: a message that it does not wait
/// for fails it, so does one that never comes, or that holds what it should not.
/// </summary>
[Trait("Run", "second")]
public sealed partial class FlowTests(FlowTests.Gateway gateway) : GatewayTests<FlowTests.Gateway>(gateway)
{
    public sealed partial class Gateway : TwoSides
    {
        /// <summary>A SIPp whose CPU is taken for a moment is not asked twice.</summary>
        public override TimeSpan T1 => TimeSpan.FromMilliseconds(100);

        internal Callee Callee { get; }

        public Gateway()
        {
            Callee = AddCallee("callee");
            AddNextHops();
            AddPolicies();
            AddLongCalls();
            AddTransfers();
            AddSubscriptions();
            AddDigits();
        }

        internal override string Configuration => $"{base.Configuration}\ncalls: {{ session_expires: 90s, media_timeout: off }}\n";

        /// <summary>Begins a call by these scripts.</summary>
        internal Task<Flow> BeginAsync(ScenarioFolder folder, SippScript caller, SippScript callee) => BeginAsync(folder, caller, Callee.Number, (Callee, callee));

        /// <summary>Begins a call to the number, which leads to these.</summary>
        internal async Task<Flow> BeginAsync(ScenarioFolder folder, SippScript caller, string number, params (Callee Who, SippScript Script)[] callees)
        {
            var before = await Gateway.MetricsAsync();
            var answering = new List<SippRun>();
            foreach (var (who, script) in callees)
            {
                answering.Add(await AnswerAsync(folder, script, who));
            }

            return new Flow(Gateway, before, Call(folder, caller, number, from: caller.Address), answering);
        }

        /// <summary>A whole call to the number, which ends for this cause.</summary>
        internal async Task<Flow> PlayAsync(ScenarioFolder folder, string cause, SippScript caller, string number, params (Callee Who, SippScript Script)[] callees)
        {
            await using var flow = await BeginAsync(folder, caller, number, callees);
            await flow.EndsAsync(cause);
            return flow;
        }

        /// <summary>A whole call by these scripts, which ends for this cause.</summary>
        internal async Task<Flow> PlayAsync(ScenarioFolder folder, SippScript caller, SippScript callee, string cause = HungUpByCaller, int? status = null)
        {
            await using var flow = await BeginAsync(folder, caller, callee);
            await flow.EndsAsync(cause, status);
            return flow;
        }
    }

    private const string HungUpByCaller = "caller_hung_up";
    private const string HungUpByCallee = "callee_hung_up";
    private const string Cancelled = "caller_cancelled";

    private static SippScript Caller => SippScript.Caller();

    private static SippScript Callee => SippScript.Callee();

    /// <summary>What a caller offers and a callee answers where the test does not care.</summary>
    private static Description Offer => new();

    private static Description Reply => new(7000);

    /// <summary>A description came, and it names the gateway's address: a media port of this side's realm.</summary>
    private static Check Described => Check.Body("m=audio 2[0-9]{4} RTP/AVP 8 101");

    private static Check Undescribed => Check.NoBody("m=audio");

    private Task PlayAsync(SippScript caller, SippScript callee, string cause = HungUpByCaller, int? status = null) =>
        Scenario(folder => Fixture.PlayAsync(folder, caller, callee, cause, status));

    /// <summary>What one side asks in the call and the other answers, either way round; who asks hangs up, unless the other has.</summary>
    private Task ChangeAsync(bool isCaller, Func<SippScript, SippScript> asks, Func<SippScript, SippScript> answers, bool isAskerGone = false)
    {
        // The INFO has the caller's ACK before it: until that has come, the callee's requests are refused by 491 (RFC 3261 §14.1).
        var caller = Caller.Invite(Offer).Answered().Request("INFO").Expect(200, "INFO");
        var callee = Callee.Expect("INVITE").Accept(Reply).Expect("INFO").Answer(200);
        var (asking, asked) = isCaller ? (asks(caller), answers(callee)) : (asks(callee), answers(caller));
        if (!isAskerGone)
        {
            asking.HangUp();
            asked.HungUp();
        }

        return PlayAsync(caller, callee, isCaller == isAskerGone ? HungUpByCallee : HungUpByCaller);
    }
}
