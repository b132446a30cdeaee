namespace SipAlg.Calls.Registrations;

/// <summary>What was found of a user.</summary>
/// <param name="Status">200; 404 for a user that there is none of, 480 for one whose phones cannot be reached.</param>
/// <param name="Contacts">The most preferred first.</param>
internal readonly record struct FoundContacts(int Status, IReadOnlyList<RegisteredContact> Contacts);
