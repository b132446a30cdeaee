using SipAlg.Calls.Registrations;

namespace SipAlg.State;

/// <summary>What is to be written of one binding.</summary>
/// <param name="Kept">The whole of it; null: it is refreshed, or ends.</param>
/// <param name="Realm">Of its flow; empty without the whole.</param>
internal readonly record struct BindingChange(long Id, BindingRecord? Kept, string Realm, Refreshed To, bool IsEnd)
{
    /// <summary>What stands after both: the later goes before, but a refresh of what was not written yet is written whole.</summary>
    public BindingChange Then(BindingChange later) => later.IsEnd || later.Kept is not null || Kept is null ? later : this with { To = later.To };
}
