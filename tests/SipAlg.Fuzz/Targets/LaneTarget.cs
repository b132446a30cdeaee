using SipAlg.Fuzz.Engine;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Lanes;

namespace SipAlg.Fuzz.Targets;

/// <summary>A lane takes hostile messages, whole and in damaged copies: it never throws, answers soundly and forgets all.</summary>
internal sealed class LaneTarget() : Target("lane", 4, Load("sip-torture", "*.dat"), SipWords.All)
{
    private static readonly int[] Answers = [100, 180, 200, 302, 486, 603];

    public override int MostTime => 1000;

    public override bool Generate(FuzzInput input, Dice dice)
    {
        new SipGrammar(input, dice).Write();
        return true;
    }

    public override string? Check(FuzzInput input, Features features)
    {
        var dice = new Dice((ulong)Fingerprint(input.Octets));
        var damage = new Damage(dice, Words);
        var user = new AnsweringUser(dice);
        var harness = new LaneHarness(_ => user);
        var flow = harness.Flow(dice.Below(2), "203.0.113.5:5060", connection: 7);
        var damaged = new FuzzInput();
        damaged.Set(input.Octets);
        damage.Apply(damaged, dice.Of<byte[]>(Seeds));
        foreach (var message in new[] { input.Octets.ToArray(), dice.Of<byte[]>(Seeds), damaged.Octets.ToArray(), input.Octets.ToArray() })
        {
            harness.Receive(flow, message);
            harness.Advance(dice.Below(3000));
        }

        user.AnswerAll();
        harness.Advance(70_000);
        features.AddSize(1, harness.Network.Sent.Count);
        return !harness.IsIdle ? "Something is left." : harness.Network.Sent.Select(Problem).FirstOrDefault(problem => problem is not null);
    }

    /// <summary>What the gateway sends must be one message to every reader; an echo of long fields may pass our own limits.</summary>
    internal static string? Problem(SentMessage sent)
    {
        var framer = new StreamFramer(2 * SipLimits.Message, 2 * SipLimits.Message);
        var result = framer.Next(sent.Octets, out var length);
        return result == FrameResult.Message && length == sent.Octets.Length ? null : $"It sent what is no message ({result}): {sent.Text}";
    }

    /// <summary>Answers requests at once or at the end.</summary>
    private sealed class AnsweringUser(Dice dice) : ISipLaneUser
    {
        private readonly List<TransactionId> _open = [];
        private TransactionLayer _transactions = null!;

        public void Attach(TransactionLayer transactions) => _transactions = transactions;

        public void OnRequest(TransactionId transaction, SipMessage request, in Flow flow)
        {
            _open.Add(transaction);
            if (!dice.OneIn(3))
            {
                _transactions.Reply(transaction, request, flow, dice.Of<int>(Answers));
            }
        }

        public void AnswerAll() => _open.ForEach(transaction => _transactions.Respond(transaction, 500, "SIP/2.0 500 x\r\nContent-Length: 0\r\n\r\n"u8));

        public void OnCancel(TransactionId invite, TransactionOwner owner, SipMessage cancel) =>
            _transactions.Respond(invite, 487, "SIP/2.0 487 x\r\nContent-Length: 0\r\n\r\n"u8);

        public void OnAck(SipMessage ack, in Flow flow)
        {
            // Nothing waits for it here.
        }

        public void OnResponse(TransactionId transaction, TransactionOwner owner, SipMessage response, in Flow flow) =>
            throw new InvalidOperationException("A response found a transaction though none was sent.");

        public void OnNoResponse(TransactionId transaction, TransactionOwner owner, SipMethod method, NoResponse reason) =>
            throw new InvalidOperationException("A request failed though none was sent.");

        public void OnTimer(byte kind, int slot, uint generation) => throw new InvalidOperationException("No timer was scheduled.");

        public void EndTurn()
        {
            // Nothing is raised inside a turn here.
        }

        public void OnFault(Exception fault) => throw fault;
    }
}
