using SipAlg.Calls.Calls;
using SipAlg.Calls.Verdicts;

namespace SipAlg.Journal;

/// <summary>What is to be said of a call; docs/why.md is its description.</summary>
/// <param name="Code">snake_case, stable.</param>
/// <param name="Sentence">For people.</param>
/// <param name="Evidence">What it rests on.</param>
internal sealed record VerdictDetails(string Code, string Sentence, IReadOnlyDictionary<string, string> Evidence)
{
    public static VerdictDetails Of(Verdict verdict) => new(VerdictCodes.Text(verdict.Code), verdict.Sentence, new Dictionary<string, string>(verdict.Evidence));
}

/// <summary>A call that is over, with what is to be said of it.</summary>
internal sealed record JudgedCall(CallRecord Record, Verdict Verdict)
{
    public static JudgedCall Of(CallRecord record) => new(record, Verdict.Of(record));
}
