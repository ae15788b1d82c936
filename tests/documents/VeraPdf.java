import java.io.File;
import java.util.Set;
import java.util.TreeSet;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** One line for each file and profile: path, profile, "pass" or what failed. */
public final class VeraPdf {
    private static final String[] PROFILES = {"3a", "ua1"};

    public static void main(String[] paths) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String path : paths) {
            for (String profile : PROFILES) {
                System.out.println(path + "\t" + profile + "\t" + verdict(new File(path), profile));
            }
        }
    }

    private static String verdict(File file, String profile) {
        PDFAFlavour flavour = PDFAFlavour.fromString(profile);
        try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            return result.isCompliant() ? "pass" : String.join("; ", failures(result));
        } catch (Exception error) {
            return "not checked: " + error;
        }
    }

    private static Set<String> failures(ValidationResult result) {
        Set<String> failed = new TreeSet<>();
        for (TestAssertion each : result.getTestAssertions()) {
            if (each.getStatus() == TestAssertion.Status.FAILED) {
                String message = each.getMessage().replaceAll("\\s+", " ");
                failed.add(each.getRuleId().getClause() + "-" + each.getRuleId().getTestNumber() + " " + message);
            }
        }
        return failed;
    }
}
