using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Hostile;
using SipAlg.Testing.Lanes;

namespace SipAlg.Fuzz;

/// <summary>A lane takes hostile messages, whole and in damaged copies: it never throws, answers soundly and forgets all.</summary>
internal sealed class LaneTarget() : Target("lane", Load("sip-torture", "*.dat"))
{
    private static readonly int[] Answers = [100, 180, 200, 302, 486, 603];

    public override string? Check(byte[] input, int seed)
    {
        var random = new Random(seed);
        var user = new AnsweringUser(random);
        var harness = new LaneHarness(_ => user);
        var flow = harness.Flow(random.Next(2), "203.0.113.5:5060", connection: 7);
        foreach (var message in new[] { input, Files[random.Next(Files.Length)], new Mutator(seed).Damage(input), input })
        {
            harness.Receive(flow, message);
            harness.Advance(random.Next(3000));
        }

        user.AnswerAll();
        harness.Advance(70_000);
        return !harness.IsIdle ? "Something is left." : harness.Network.Sent.Select(Problem).FirstOrDefault(problem => problem is not null);
    }

    /// <summary>What the gateway sends must be one message to every reader; an echo of long fields may pass our own limits.</summary>
    private static string? Problem(SentMessage sent)
    {
        var framer = new StreamFramer(2 * SipLimits.Message, 2 * SipLimits.Message);
        var result = framer.Next(sent.Octets, out var length);
        return result == FrameResult.Message && length == sent.Octets.Length ? null : $"It sent what is no message ({result}): {sent.Text}";
    }

    /// <summary>Answers requests at once or at the end.</summary>
    private sealed class AnsweringUser(Random random) : ISipLaneUser
    {
        private readonly List<TransactionId> _open = [];
        private TransactionLayer _transactions = null!;

        public void Attach(TransactionLayer transactions) => _transactions = transactions;

        public void OnRequest(TransactionId transaction, SipMessage request, in Flow flow)
        {
            _open.Add(transaction);
            if (random.Next(3) > 0)
            {
                _transactions.Reply(transaction, request, flow, Answers[random.Next(Answers.Length)]);
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
