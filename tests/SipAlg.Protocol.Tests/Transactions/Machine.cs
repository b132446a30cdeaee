using SipAlg.Protocol.Transactions;

namespace SipAlg.Protocol.Tests.Transactions;

/// <summary>One line of a machine's table: what an event does in a state; whatever stands in no line does nothing.</summary>
/// <param name="Reliable">null: on both kinds of transport.</param>
internal sealed record Expected<TState, TEvent>(TState State, TEvent Event, bool? Reliable, TState Next, TransactionActions Actions)
    where TState : struct, Enum
    where TEvent : struct, Enum;

/// <summary>Checks a machine against its whole table, and along every path.</summary>
internal static class Machine
{
    /// <summary>Every state, event and kind of transport gives what the table says.</summary>
    public static void AssertFollows<TState, TEvent>(Func<TState, TEvent, bool, TransactionStep<TState>> machine, Expected<TState, TEvent>[] table)
        where TState : struct, Enum
        where TEvent : struct, Enum
    {
        foreach (var state in Enum.GetValues<TState>())
        {
            foreach (var input in Enum.GetValues<TEvent>())
            {
                foreach (var reliable in new[] { false, true })
                {
                    var line = table.SingleOrDefault(line => IsOf(line, state, input, reliable));
                    var expected = line is null ? (state, TransactionActions.None) : (line.Next, line.Actions);
                    var step = machine(state, input, reliable);
                    Assert.True(expected.Equals((step.State, step.Actions)),
                        $"{state}, {input}, {(reliable ? "reliable" : "unreliable")}: expected {expected}, was ({step.State}, {step.Actions})");
                }
            }
        }
    }

    private static bool IsOf<TState, TEvent>(Expected<TState, TEvent> line, TState state, TEvent input, bool reliable)
        where TState : struct, Enum
        where TEvent : struct, Enum =>
        line.State.Equals(state) && line.Event.Equals(input) && (line.Reliable ?? reliable) == reliable;

    /// <summary>
    /// Walks every sequence of up to eight events from Initial, keeping the books that the transaction layer would; a timer is
    /// due only where one runs.
    /// </summary>
    /// <param name="silent">States that only absorb, and end by a timer of their own.</param>
    public static void AssertSoundOnEveryPath<TState, TEvent>(Func<TState, TEvent, bool, TransactionStep<TState>> machine, TState[] silent, TState terminated, TEvent repeat, TEvent[] deadlines)
        where TState : struct, Enum
        where TEvent : struct, Enum
    {
        foreach (var reliable in new[] { false, true })
        {
            var seen = new HashSet<(TState, Books)>();
            Walk(default(TState), default, 0, []);
            Assert.Contains(seen, at => at.Item1.Equals(terminated));

            void Walk(TState state, Books books, int depth, TEvent[] path)
            {
                if (depth == 8 || !seen.Add((state, books)))
                {
                    return;
                }

                foreach (var input in Enum.GetValues<TEvent>())
                {
                    if ((input.Equals(repeat) && !books.Repeats) || (deadlines.Contains(input) && !books.IsTimed))
                    {
                        continue;
                    }

                    var step = machine(state, input, reliable);
                    TEvent[] way = [.. path, input];
                    var next = books.After(step.Actions);
                    Check(state, step, next, $"{string.Join(", ", way)} ({(reliable ? "reliable" : "unreliable")})");
                    Walk(step.State, next, depth + 1, way);
                }
            }

            void Check(TState from, TransactionStep<TState> step, Books books, string way)
            {
                var isOver = step.State.Equals(terminated);
                Assert.False(from.Equals(terminated) && step.Actions != TransactionActions.None, $"Something is done after the end: {way}");
                Assert.True(from.Equals(terminated) || isOver == step.Actions.HasFlag(TransactionActions.End), $"Terminated and End go together: {way}");
                Assert.False(isOver && books.IsKept, $"Octets are kept after the end: {way}");
                Assert.False(silent.Contains(step.State) && books.Repeats, $"It still repeats in {step.State}: {way}");
                Assert.False(books.Repeats && !books.IsKept, $"It repeats what is not kept: {way}");
                Assert.False(reliable && books.Repeats, $"It repeats on a stream: {way}");
                Assert.False(step.Actions.HasFlag(TransactionActions.ReportTimeout) && step.Actions.HasFlag(TransactionActions.Deliver), $"Two things told: {way}");
                Assert.True(isOver || !silent.Contains(step.State) || books.IsTimed, $"It may stay in {step.State} for ever: {way}");
            }
        }
    }

    /// <summary>What the actions so far have left running.</summary>
    private readonly record struct Books(bool Repeats, bool IsTimed, bool IsKept)
    {
        public Books After(TransactionActions actions)
        {
            var starts = actions & (TransactionActions.StartRetransmit | TransactionActions.BackOff | TransactionActions.RetransmitSlowly);
            var isOver = actions.HasFlag(TransactionActions.End);
            return new Books(
                !isOver && (starts != 0 || (Repeats && !actions.HasFlag(TransactionActions.StopRetransmit))),
                !isOver && ((actions & (TransactionActions.StartTimeout | TransactionActions.StartLinger)) != 0 || (IsTimed && !actions.HasFlag(TransactionActions.StopTimeout))),
                !actions.HasFlag(TransactionActions.Drop) && (IsKept || (actions & (TransactionActions.Keep | TransactionActions.Acknowledge)) != 0));
        }
    }
}
