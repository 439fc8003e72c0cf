import Perturbation
import Testing
import Training
